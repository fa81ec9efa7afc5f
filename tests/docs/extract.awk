# The C++ of a page of Markdown as a test: awk -v page=data -f extract.awk docs/data.md > data.cpp
#
# Code is what stands between ```cpp and ```, and, for what a reader need not see, between <!--cpp and -->. All of a page
# is one function, in order: a variable of one block is there in the next. Each `## ` heading opens a scope, which ends
# at the next; what stands above the first is seen by all. An #include goes to the top of the file; a block with a TEST
# or a main(), and one behind <!--cpp outside, stands outside of the function, and main() is called where it stood. What follows
# "```cpp quote" is a quotation, which tests/lint/quotes.sh compares with its source.
function flush_block(    i, outside) {
  outside = said_outside || block ~ /(^|\n)(TEST\(|int main\()/
  if (sub(/int main\(\)/, "int main_" ++mains "()", block)) {
    sub(/}\n*$/, "  return 0;\n}\n", block)
    body = body "EXPECT_EQ(main_" mains "(), 0);\n"
  }
  block = "#line " line " \"" FILENAME "\"\n" block
  if (outside) top = top block; else body = body block
  block = ""
}
/^```cpp$/ || /^<!--cpp( outside)?$/ { inside = 1; said_outside = /outside/; line = NR + 1; next }
inside && (/^```$/ || /^-->$/) { inside = 0; flush_block(); next }
inside && /^#include/ { includes = includes $0 "\n"; block = block "\n"; next }
inside && /^using namespace tapegrad;/ { block = block "\n"; next }
inside { block = block $0 "\n"; next }
/^## / { body = body (sections++ ? "}\n" : "") "{\n" }
END {
  if (inside) { print FILENAME ": a block that does not end" > "/dev/stderr"; exit 1 }
  if (body !~ /#line/ && top == "") exit
  name = page
  gsub(/[^A-Za-z0-9]/, "_", name)
  print "#include <cstdio>\n#include <iostream>\n" includes "#include \"tests/docs/page.h\"\nusing namespace tapegrad;"
  print "namespace {\nusing Docs = test::Page;\n" top "TEST_F(Docs, " name ") {\n" body (sections ? "}\n" : "") "}\n}"
}
