// Lucene's part of bench_engines: one task of measuring.py, timed inside this process.
//
// java --class-path CLASSES:JARS LuceneBench build CORPUS INDEX RESULT
// java --class-path CLASSES:JARS LuceneBench open INDEX QUESTIONS RESULT
// java --class-path CLASSES:JARS LuceneBench ask INDEX QUESTIONS RESULT PASSES
// java --class-path CLASSES:JARS LuceneBench change INDEX CHANGES RESULT
//
// CORPUS: id, language, date, words. QUESTIONS: class, match, want, language, first, last, words. CHANGES: number of
// the commit, old id or nothing, then as a line of CORPUS. All with tabs between. RESULT: what lucene_index.py reads.

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.CollectorManager;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SimpleCollector;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortedNumericSelector;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopFieldCollectorManager;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;

public final class LuceneBench {
  private static final int TOP = 10;
  private static final int WARM_PASSES = 20;
  private static final double BUFFER_MB = 128;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private LuceneBench() {}

  record Question(String kind, String match, String want, String lang, long first, long last, String[] words) {
    static Question of(String line) {
      String[] parts = line.split("\t", -1);
      long first = Long.parseLong(parts[4]);
      return new Question(
          parts[0], parts[1], parts[2], parts[3], first, Long.parseLong(parts[5]), parts[6].split(" "));
    }

    Query query() {
      Query found = text();
      if (lang.isEmpty()) {
        return found;
      }
      return new BooleanQuery.Builder()
          .add(found, Occur.MUST)
          .add(new TermQuery(new Term("lang", lang)), Occur.FILTER)
          .add(LongField.newRangeQuery("date", first, last), Occur.FILTER)
          .build();
    }

    private Query text() {
      switch (match) {
        case "phrase":
          return new PhraseQuery("text", words);
        case "prefix":
          return new PrefixQuery(new Term("text", words[0]));
        case "term":
          return new TermQuery(new Term("text", words[0]));
        default:
          BooleanQuery.Builder builder = new BooleanQuery.Builder();
          for (String word : words) {
            builder.add(new TermQuery(new Term("text", word)), match.equals("all") ? Occur.MUST : Occur.SHOULD);
          }
          return builder.build();
      }
    }
  }

  record Answer(List<String> ids, long total, Map<String, Integer> facets) {
    @Override
    public String toString() {
      List<String> counts = new ArrayList<>();
      facets.forEach((lang, count) -> counts.add(lang + "=" + count));
      return total + "\t" + String.join(",", counts) + "\t" + String.join(",", ids);
    }
  }

  public static void main(String[] arguments) throws IOException {
    boolean building = arguments[0].equals("build");
    Path result = Path.of(arguments[3]);
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(result, StandardCharsets.UTF_8));
        FSDirectory directory = FSDirectory.open(Path.of(arguments[building ? 2 : 1]))) {
      switch (arguments[0]) {
        case "build" -> build(Path.of(arguments[1]), directory, out);
        case "open" -> open(directory, Path.of(arguments[2]), out);
        case "ask" -> ask(directory, Path.of(arguments[2]), Integer.parseInt(arguments[4]), out);
        case "change" -> change(directory, Path.of(arguments[2]), out);
        default -> throw new IllegalArgumentException(arguments[0]);
      }
      memory(out);
    }
  }

  /** CPU of the whole process: compiler and garbage collector are part of what indexing costs. */
  private static void build(Path corpus, FSDirectory directory, PrintWriter out) throws IOException {
    long wall = System.nanoTime();
    long cpu = PROCESS.getProcessCpuTime();
    try (IndexWriter writer = writer(directory);
        BufferedReader lines = Files.newBufferedReader(corpus, StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        writer.addDocument(document(line.split("\t")));
      }
    }
    out.printf("time\t-\t0\t%d\t%d%n", PROCESS.getProcessCpuTime() - cpu, System.nanoTime() - wall);
  }

  private static void open(FSDirectory directory, Path questions, PrintWriter out) throws IOException {
    Question question = Question.of(Files.readAllLines(questions, StandardCharsets.UTF_8).get(0));
    long wall = System.nanoTime();
    long cpu = PROCESS.getProcessCpuTime();
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      Answer answer = answer(searcher(reader), question);
      out.printf("time\t-\t0\t%d\t%d%n", PROCESS.getProcessCpuTime() - cpu, System.nanoTime() - wall);
      out.println("answer\t-\t" + answer);
    }
  }

  private static void ask(FSDirectory directory, Path file, int passes, PrintWriter out) throws IOException {
    Map<String, List<Question>> classes = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      Question question = Question.of(line);
      classes.computeIfAbsent(question.kind(), kind -> new ArrayList<>()).add(question);
    }
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      IndexSearcher searcher = searcher(reader);
      for (int pass = 0; pass < WARM_PASSES; pass++) {
        for (List<Question> questions : classes.values()) {
          for (Question question : questions) {
            answer(searcher, question);
          }
        }
      }
      for (Map.Entry<String, List<Question>> each : classes.entrySet()) {
        askClass(searcher, each.getKey(), each.getValue(), passes, out);
      }
    }
  }

  private static void askClass(
      IndexSearcher searcher, String kind, List<Question> questions, int passes, PrintWriter out)
      throws IOException {
    for (Question question : questions) {
      out.println("answer\t" + kind + "\t" + answer(searcher, question));
      out.println("total\t" + kind + "\t" + searcher.count(question.query()));
    }
    for (int pass = 0; pass <= passes; pass++) {
      for (Question question : questions) {
        long wall = System.nanoTime();
        long cpu = THREADS.getCurrentThreadCpuTime();
        answer(searcher, question);
        long spent = THREADS.getCurrentThreadCpuTime() - cpu;
        out.printf("time\t%s\t%d\t%d\t%d%n", kind, pass, spent, System.nanoTime() - wall);
      }
    }
  }

  private static void change(FSDirectory directory, Path file, PrintWriter out) throws IOException {
    Map<Integer, List<String[]>> commits = new TreeMap<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      String[] parts = line.split("\t");
      commits.computeIfAbsent(Integer.parseInt(parts[0]), number -> new ArrayList<>()).add(parts);
    }
    DirectoryReader reader = DirectoryReader.open(directory);
    try (IndexWriter writer = writer(directory)) {
      for (Map.Entry<Integer, List<String[]>> commit : commits.entrySet()) {
        String[] last = commit.getValue().get(commit.getValue().size() - 1);
        String word = last[5].substring(last[5].lastIndexOf(' ') + 1);
        long wall = System.nanoTime();
        long cpu = THREADS.getCurrentThreadCpuTime();
        for (String[] parts : commit.getValue()) {
          Document document = document(new String[] {parts[2], parts[3], parts[4], parts[5]});
          if (parts[1].isEmpty()) {
            writer.addDocument(document);
          } else {
            writer.updateDocument(new Term("id", parts[1]), document);
          }
        }
        writer.commit();
        DirectoryReader newer = DirectoryReader.openIfChanged(reader);
        reader.close();
        reader = newer;
        Question question = new Question("", "term", "top", "", 0, 0, new String[] {word});
        Answer answer = answer(searcher(reader), question);
        long spent = THREADS.getCurrentThreadCpuTime() - cpu;
        out.printf("time\t-\t%d\t%d\t%d%n", commit.getKey(), spent, System.nanoTime() - wall);
        if (!answer.ids().equals(List.of(last[2]))) {
          throw new IllegalStateException(answer + " instead of " + last[2] + " after a commit");
        }
      }
    } finally {
      reader.close();
    }
  }

  private static IndexWriter writer(FSDirectory directory) throws IOException {
    IndexWriterConfig config = new IndexWriterConfig(new WhitespaceAnalyzer());
    config.setSimilarity(new BM25Similarity(1.2f, 0.75f));
    config.setRAMBufferSizeMB(BUFFER_MB);
    config.setMergeScheduler(new SerialMergeScheduler()); // one thread
    return new IndexWriter(directory, config);
  }

  private static IndexSearcher searcher(DirectoryReader reader) {
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setSimilarity(new BM25Similarity(1.2f, 0.75f));
    searcher.setQueryCache(null);
    return searcher;
  }

  private static Document document(String[] parts) {
    Document document = new Document();
    document.add(new StringField("id", parts[0], Field.Store.YES));
    document.add(new StringField("lang", parts[1], Field.Store.NO));
    document.add(new SortedDocValuesField("lang", new BytesRef(parts[1])));
    document.add(new LongField("date", Long.parseLong(parts[2]), Field.Store.NO));
    document.add(new TextField("text", parts[3], Field.Store.NO));
    return document;
  }

  /** The first ten with their ids; all matches are looked at only where their number is wanted. */
  private static Answer answer(IndexSearcher searcher, Question question) throws IOException {
    Query query = question.query();
    boolean count = question.want().equals("count");
    TopDocs top;
    if (question.want().equals("newest")) {
      Sort sort = new Sort(LongField.newSortField("date", true, SortedNumericSelector.Type.MAX));
      top = searcher.search(query, new TopFieldCollectorManager(sort, TOP, null, TOP));
    } else {
      int threshold = count ? Integer.MAX_VALUE : TOP;
      top = searcher.search(query, new TopScoreDocCollectorManager(TOP, null, threshold));
    }
    List<String> ids = new ArrayList<>(TOP);
    StoredFields stored = searcher.storedFields();
    for (ScoreDoc hit : top.scoreDocs) {
      ids.add(stored.document(hit.doc).get("id"));
    }
    Map<String, Integer> facets = new TreeMap<>();
    if (question.want().equals("facets")) {
      facets.putAll(searcher.search(query, new LanguagesManager()));
    }
    return new Answer(ids, count ? top.totalHits.value() : -1, facets);
  }

  /** Counts matches by language, as the module lucene-facet does over the same column. */
  static final class Languages extends SimpleCollector {
    private final Map<String, Integer> counts = new TreeMap<>();
    private SortedDocValues column;
    private int[] found = new int[0];

    @Override
    protected void doSetNextReader(LeafReaderContext context) throws IOException {
      column = DocValues.getSorted(context.reader(), "lang");
      found = new int[column.getValueCount()];
    }

    @Override
    public void collect(int document) throws IOException {
      if (column.advanceExact(document)) {
        found[column.ordValue()]++;
      }
    }

    @Override
    public void finish() throws IOException {
      for (int ordinal = 0; ordinal < found.length; ordinal++) {
        if (found[ordinal] > 0) {
          counts.merge(column.lookupOrd(ordinal).utf8ToString(), found[ordinal], Integer::sum);
        }
      }
    }

    @Override
    public ScoreMode scoreMode() {
      return ScoreMode.COMPLETE_NO_SCORES;
    }
  }

  static final class LanguagesManager implements CollectorManager<Languages, Map<String, Integer>> {
    @Override
    public Languages newCollector() {
      return new Languages();
    }

    @Override
    public Map<String, Integer> reduce(Collection<Languages> collectors) {
      Map<String, Integer> counts = new TreeMap<>();
      for (Languages each : collectors) {
        each.counts.forEach((lang, count) -> counts.merge(lang, count, Integer::sum));
      }
      return counts;
    }
  }

  private static void memory(PrintWriter out) throws IOException {
    Path status = Path.of("/proc/self/status");
    if (Files.exists(status)) {
      for (String line : Files.readAllLines(status, StandardCharsets.UTF_8)) {
        out.println("status\t" + line);
      }
    }
  }
}
