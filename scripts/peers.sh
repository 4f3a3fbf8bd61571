#!/bin/sh
# scripts/peers.sh: what `python -m benchmarks.eval_ranking` and `python -m benchmarks.bench_engines` compare Dalil
# with. For work on Dalil only.
#
# tantivy goes into .venv; Lucene's jars (Maven, Java 21+ to run), Debian's Xapian and bm25s go into .peers.
# What cannot be had here is left out with a reason, and evaluations and benchmarks skip it.
set -eu
cd "$(dirname "$0")/.."
lucene=10.3.2
tantivy=0.27.0
bm25s=0.3.16
numba=0.68.1

mkdir -p .peers/lucene .peers/xapian
left_out() { echo "left out: $1" >&2; }

.venv/bin/python -m pip install --disable-pip-version-check --no-input -qq --only-binary :all: \
    "tantivy==$tantivy" || left_out "tantivy $tantivy has no file for this machine"

# A folder of its own: Numba, its compiler, may want another NumPy than Dalil has. Without Numba it runs on NumPy.
if [ -d ".peers/bm25s/bm25s-$bm25s.dist-info" ]; then
    :
else
    rm -rf .peers/bm25s
    into_folder() {
        .venv/bin/python -m pip install --disable-pip-version-check --no-input -qq --only-binary :all: \
            --target .peers/bm25s "$@"
    }
    into_folder "bm25s==$bm25s" "numba==$numba" || into_folder "bm25s==$bm25s" ||
        left_out "bm25s $bm25s has no file for this machine"
fi

if [ -f ".peers/lucene/lucene-core-$lucene.jar" ]; then
    :
elif command -v mvn >/dev/null; then
    cat >.peers/pom.xml <<EOF
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>peers</groupId> <artifactId>peers</artifactId> <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.lucene</groupId>
      <artifactId>lucene-analysis-common</artifactId>
      <version>$lucene</version>
    </dependency>
  </dependencies>
</project>
EOF
    rm -f .peers/lucene/*.jar
    mvn -q -B -f .peers/pom.xml dependency:copy-dependencies "-DoutputDirectory=$(pwd)/.peers/lucene" ||
        left_out "Lucene $lucene: Maven could not fetch it"
else
    left_out "Lucene $lucene: no Maven (mvn)"
fi

# Unpacked, not installed: nothing of this machine changes.
if [ -d .peers/xapian/usr ]; then
    :
elif command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; then
    if (cd .peers/xapian && apt-get download -qq python3-xapian libxapian30 2>/dev/null); then
        for package in .peers/xapian/*.deb; do
            dpkg-deb -x "$package" .peers/xapian
        done
    else
        left_out "Xapian: this system has no packages python3-xapian and libxapian30"
    fi
else
    left_out "Xapian: its Python module comes from Debian"
fi
