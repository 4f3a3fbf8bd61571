// Lucene on the articles and questions of an evaluation, as a plain user of Lucene would have it.
//
// java --class-path CLASSES:JARS LucenePeer ANALYSIS DOCUMENTS QUERIES LIMIT ANSWERS
//
// DOCUMENTS: title TAB rest, one line each. QUERIES: text, one line each. ANSWERS: a line
// "documents N postings P", then for every query the numbers of the documents found, best first.
// BM25 with k1 1.2 and b 0.75; OR of the query's tokens, one clause for each.

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.PerFieldAnalyzerWrapper;
import org.apache.lucene.analysis.shingle.ShingleFilter;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogByteSizeMergePolicy;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;

public final class LucenePeer {

  private LucenePeer() {}

  /** How text is analyzed: fields by name, their analyzers and weights; one takes the title alone. */
  record Setup(Map<String, Analyzer> fields, Map<String, Float> weights) {
    static Setup of(String name) {
      Map<String, Analyzer> fields = new LinkedHashMap<>();
      Map<String, Float> weights = new LinkedHashMap<>();
      for (String part : name.split("\\+")) {
        String[] pieces = part.split("\\^");
        fields.put(pieces[0], analyzer(pieces[0].replace("title-", "")));
        weights.put(pieces[0], pieces.length > 1 ? Float.parseFloat(pieces[1]) : 1f);
      }
      return new Setup(fields, weights);
    }

    private static Analyzer analyzer(String name) {
      return switch (name) {
        case "arabic" -> new ArabicAnalyzer();
        case "english" -> new EnglishAnalyzer();
        case "standard" -> new StandardAnalyzer();
        case "folded" -> new Vietnamese(true, true, false);
        case "pairs" -> new Vietnamese(true, false, true);
        case "folded-pairs" -> new Vietnamese(true, true, true);
        case "accented-pairs" -> new Vietnamese(false, true, true);
        default -> throw new IllegalArgumentException("no analysis is called " + name);
      };
    }
  }

  /** Syllables in lower case, without their marks if folded, and two neighbours as one token. */
  static final class Vietnamese extends Analyzer {
    private final boolean folded;
    private final boolean single;
    private final boolean pairs;

    Vietnamese(boolean folded, boolean single, boolean pairs) {
      this.folded = folded;
      this.single = single;
      this.pairs = pairs;
    }

    @Override
    protected TokenStreamComponents createComponents(String field) {
      Tokenizer source = new StandardTokenizer();
      TokenStream stream = new LowerCaseFilter(source);
      if (folded) {
        stream = new ASCIIFoldingFilter(stream);
      }
      if (pairs) {
        ShingleFilter shingles = new ShingleFilter(stream, 2, 2);
        shingles.setOutputUnigrams(single);
        stream = shingles;
      }
      return new TokenStreamComponents(source, stream);
    }
  }

  public static void main(String[] arguments) throws IOException {
    Setup setup = Setup.of(arguments[0]);
    int limit = Integer.parseInt(arguments[3]);
    try (Directory directory = new ByteBuffersDirectory()) {
      index(setup, Path.of(arguments[1]), directory);
      try (DirectoryReader reader = DirectoryReader.open(directory);
          PrintWriter answers =
              new PrintWriter(Files.newBufferedWriter(Path.of(arguments[4]), StandardCharsets.UTF_8))) {
        answers.println("documents " + reader.numDocs() + " postings " + postings(setup, reader));
        IndexSearcher searcher = new IndexSearcher(reader);
        searcher.setSimilarity(new BM25Similarity(1.2f, 0.75f));
        for (String line : Files.readAllLines(Path.of(arguments[2]), StandardCharsets.UTF_8)) {
          answers.println(ask(setup, searcher, line, limit));
        }
      }
    }
  }

  private static void index(Setup setup, Path documents, Directory directory) throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig(new PerFieldAnalyzerWrapper(new StandardAnalyzer(), setup.fields()));
    config.setSimilarity(new BM25Similarity(1.2f, 0.75f));
    // Ties go by document number: neighbours alone are merged, so that the order of the file stays.
    config.setMergePolicy(new LogByteSizeMergePolicy());
    config.setUseCompoundFile(false);
    try (IndexWriter writer = new IndexWriter(directory, config);
        BufferedReader lines = Files.newBufferedReader(documents, StandardCharsets.UTF_8)) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int tab = line.indexOf('\t');
        Document document = new Document();
        document.add(new StoredField("number", number++));
        for (String field : setup.fields().keySet()) {
          String text = field.startsWith("title-") ? line.substring(0, tab) : line.replace('\t', ' ');
          document.add(new TextField(field, text, Field.Store.NO));
        }
        writer.addDocument(document);
      }
      writer.forceMerge(1);
    }
  }

  private static long postings(Setup setup, DirectoryReader reader) throws IOException {
    long sum = 0;
    for (String field : setup.fields().keySet()) {
      Terms terms = MultiTerms.getTerms(reader, field);
      if (terms == null) {
        continue;
      }
      TermsEnum each = terms.iterator();
      while (each.next() != null) {
        sum += each.docFreq();
      }
    }
    return sum;
  }

  private static String ask(Setup setup, IndexSearcher searcher, String text, int limit) throws IOException {
    IndexSearcher.setMaxClauseCount(1 << 16);
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    for (Map.Entry<String, Analyzer> field : setup.fields().entrySet()) {
      float weight = setup.weights().get(field.getKey());
      for (String token : tokens(field.getValue(), field.getKey(), text)) {
        Query clause = new TermQuery(new Term(field.getKey(), token));
        query.add(weight == 1f ? clause : new BoostQuery(clause, weight), BooleanClause.Occur.SHOULD);
      }
    }
    List<String> found = new ArrayList<>();
    for (ScoreDoc hit : searcher.search(query.build(), limit).scoreDocs) {
      found.add(searcher.storedFields().document(hit.doc).get("number"));
    }
    return String.join(" ", found);
  }

  private static List<String> tokens(Analyzer analyzer, String field, String text) throws IOException {
    List<String> tokens = new ArrayList<>();
    try (TokenStream stream = analyzer.tokenStream(field, text)) {
      CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        tokens.add(term.toString());
      }
      stream.end();
    }
    return tokens;
  }
}
