// Lucene's MoreLikeThis with its defaults, as Elasticsearch, OpenSearch and Solr offer it.
//
// java --class-path CLASSES:JARS MoreLikeThis arabic|standard|english DOCUMENTS ASKED LIMIT ANSWERS
//
// DOCUMENTS: a text a line. ASKED: numbers of lines, one each. ANSWERS: for every one the numbers of the
// documents found, best first, itself left out. Terms are chosen as lucene-queries 10 does
// (org.apache.lucene.queries.mlt.MoreLikeThis): at least twice in the text, in five documents at least, the 25
// of the largest tf*idf, unboosted.

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogByteSizeMergePolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;

public final class MoreLikeThis {

  private static final int LEAST_IN_TEXT = 2;
  private static final int LEAST_DOCUMENTS = 5;
  private static final int MOST_TERMS = 25;
  private static final String FIELD = "text";

  private MoreLikeThis() {}

  record Weighed(String term, double weight) {}

  public static void main(String[] arguments) throws IOException {
    Analyzer analyzer =
        switch (arguments[0]) {
          case "arabic" -> new ArabicAnalyzer();
          case "english" -> new EnglishAnalyzer();
          case "standard" -> new StandardAnalyzer();
          default -> throw new IllegalArgumentException("no analysis is called " + arguments[0]);
        };
    List<String> documents = Files.readAllLines(Path.of(arguments[1]), StandardCharsets.UTF_8);
    int limit = Integer.parseInt(arguments[3]);
    try (Directory directory = new ByteBuffersDirectory()) {
      index(analyzer, documents, directory);
      try (DirectoryReader reader = DirectoryReader.open(directory);
          PrintWriter answers =
              new PrintWriter(Files.newBufferedWriter(Path.of(arguments[4]), StandardCharsets.UTF_8))) {
        IndexSearcher searcher = new IndexSearcher(reader);
        searcher.setSimilarity(new BM25Similarity());
        for (String line : Files.readAllLines(Path.of(arguments[2]), StandardCharsets.UTF_8)) {
          int asked = Integer.parseInt(line.strip());
          BooleanQuery.Builder query = new BooleanQuery.Builder();
          for (String term : chosen(analyzer, reader, documents.get(asked))) {
            query.add(new TermQuery(new Term(FIELD, term)), BooleanClause.Occur.SHOULD);
          }
          List<String> found = new ArrayList<>();
          for (ScoreDoc hit : searcher.search(query.build(), limit + 1).scoreDocs) {
            if (hit.doc != asked && found.size() < limit) {
              found.add(Integer.toString(hit.doc));
            }
          }
          answers.println(String.join(" ", found));
        }
      }
    }
  }

  private static void index(Analyzer analyzer, List<String> documents, Directory directory)
      throws IOException {
    IndexWriterConfig config = new IndexWriterConfig(analyzer);
    // Numbers of documents are those of the lines: neighbours alone are merged.
    config.setMergePolicy(new LogByteSizeMergePolicy());
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (String text : documents) {
        Document document = new Document();
        document.add(new TextField(FIELD, text, Field.Store.NO));
        writer.addDocument(document);
      }
      writer.forceMerge(1);
    }
  }

  private static List<String> chosen(Analyzer analyzer, DirectoryReader reader, String text)
      throws IOException {
    Map<String, Integer> counts = new HashMap<>();
    try (TokenStream tokens = analyzer.tokenStream(FIELD, text)) {
      CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
      tokens.reset();
      while (tokens.incrementToken()) {
        counts.merge(term.toString(), 1, Integer::sum);
      }
      tokens.end();
    }
    List<Weighed> weighed = new ArrayList<>();
    for (Map.Entry<String, Integer> entry : counts.entrySet()) {
      int documents = reader.docFreq(new Term(FIELD, entry.getKey()));
      if (entry.getValue() >= LEAST_IN_TEXT && documents >= LEAST_DOCUMENTS) {
        // ClassicSimilarity.idf, as MoreLikeThis weighs.
        double idf = Math.log((reader.numDocs() + 1.0) / (documents + 1.0)) + 1.0;
        weighed.add(new Weighed(entry.getKey(), entry.getValue() * idf));
      }
    }
    weighed.sort(Comparator.comparingDouble(Weighed::weight).reversed().thenComparing(Weighed::term));
    return weighed.stream().limit(MOST_TERMS).map(Weighed::term).toList();
  }
}
