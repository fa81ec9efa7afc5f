// Sums of products: einsum, tensordot, cross.
#include <cmath>
#include <map>

#include "../registry.h"

namespace tapegrad::test {
namespace {

// plain: every dim a letter, no spaces, "->" given. Sums over all values of all letters.
Array summed(const std::string& plain, const Arrays& in) {
  const std::size_t arrow = plain.find("->");
  std::vector<std::string> terms(1);
  for (const char c : plain.substr(0, arrow)) {
    if (c == ',')
      terms.emplace_back();
    else
      terms.back() += c;
  }
  const std::string result = plain.substr(arrow + 2);
  std::string letters;
  std::map<char, std::int64_t> sizes;
  for (std::size_t k = 0; k < terms.size(); ++k)
    for (std::size_t d = 0; d < terms[k].size(); ++d) {
      const char c = terms[k][d];
      if (sizes.count(c) == 0) letters += c;
      if (sizes.count(c) == 0 || sizes[c] == 1) sizes[c] = in[k].shape[d];
    }
  Shape all, out_shape;
  for (const char c : letters) all.push_back(sizes[c]);
  for (const char c : result) out_shape.push_back(sizes[c]);
  Array out(out_shape);
  for_each(all, [&](const Index& i) {
    const auto at = [&](const std::string& term, const Shape& shape) {
      Index place;
      for (std::size_t d = 0; d < term.size(); ++d) place.push_back(shape[d] == 1 ? 0 : i[letters.find(term[d])]);
      return place;
    };
    Dual product = 1;
    for (std::size_t k = 0; k < terms.size(); ++k) product = product * in[k].at(at(terms[k], in[k].shape));
    out.at(at(result, out_shape)) += product;
  });
  return out;
}

struct Sum {
  std::string equation, plain;  // plain: the same with a letter for every dim
  std::vector<Shape> shapes;
  bool large = false;
};

const std::vector<Sum> kSums = {{"i->i", "i->i", {{3}}},
                                {"i->", "i->", {{17}}},
                                {"->", "->", {{}}},
                                {"", "->", {{}}},
                                {"ij->ji", "ij->ji", {{3, 4}}},
                                {"ji", "ji->ij", {{3, 4}}},
                                {"bA", "bA->Ab", {{3, 4}}},
                                {"ij->i", "ij->i", {{3, 4}}},
                                {"ij->", "ij->", {{3, 4}}},
                                {"kji->ikj", "kji->ikj", {{2, 3, 4}}},
                                {"abcde->ecabd", "abcde->ecabd", {{2, 1, 3, 1, 2}}},
                                // a diagonal, a trace
                                {"ii", "ii->", {{3, 3}}},
                                {"ii->i", "ii->i", {{3, 3}}},
                                {"ii->i", "ii->i", {{1, 1}}},
                                {"iii->i", "iii->i", {{3, 3, 3}}},
                                {"iij->j", "iij->j", {{3, 3, 2}}},
                                {"iji->ij", "iji->ij", {{3, 2, 3}}},
                                {"jii->", "jii->", {{2, 3, 3}}},
                                {"iijj->ji", "iijj->ji", {{2, 2, 3, 3}}},
                                {"...ii->...i", "aii->ai", {{4, 3, 3}}},
                                {"i...i", "iai->a", {{3, 2, 3}}},
                                // "..."
                                {"...", "ab->ab", {{3, 4}}},
                                {"...->", "ab->", {{3, 4}}},
                                {"...->...", "->", {{}}},
                                {"i...->i", "iab->i", {{3, 2, 4}}},
                                {"i...->...i", "iab->abi", {{3, 2, 4}}},
                                {"ab...->...ba", "ab->ba", {{2, 3}}},
                                {"i->...i", "i->i", {{3}}},
                                {"...j", "abj->abj", {{2, 1, 3}}},
                                // two operands
                                {"i,i->", "i,i->", {{33}, {33}}},
                                {"i,i", "i,i->", {{5}, {5}}},
                                {"i,i->i", "i,i->i", {{5}, {5}}},
                                {"i,j->ij", "i,j->ij", {{3}, {4}}},
                                {"i,j->ji", "i,j->ji", {{3}, {4}}},
                                {"i,j->", "i,j->", {{3}, {4}}},
                                {",i->i", ",i->i", {{}, {3}}},
                                {",", ",->", {{}, {}}},
                                {"ij,jk->ik", "ij,jk->ik", {{2, 3}, {3, 4}}},
                                {"ij,jk", "ij,jk->ik", {{17, 5}, {5, 9}}},
                                {"ij,kj->ki", "ij,kj->ki", {{2, 3}, {4, 3}}},
                                {"ji,jk->ik", "ji,jk->ik", {{3, 2}, {3, 4}}},
                                {"iJ,Jk->", "iJ,Jk->", {{2, 3}, {3, 4}}},
                                {"ij,ij->", "ij,ij->", {{3, 4}, {3, 4}}},
                                {"ij,ji->", "ij,ji->", {{3, 4}, {4, 3}}},
                                {"ij,j->i", "ij,j->i", {{3, 4}, {4}}},
                                {"ij,jk->j", "ij,jk->j", {{2, 3}, {3, 4}}},
                                {"ii,ij->j", "ii,ij->j", {{3, 3}, {3, 2}}},
                                {"ij,kl->jl", "ij,kl->jl", {{2, 3}, {4, 2}}},
                                {"bij,bjk->bik", "bij,bjk->bik", {{2, 3, 4}, {2, 4, 5}}},
                                {"bhid,bhjd->bhij", "bhid,bhjd->bhij", {{2, 3, 4, 2}, {2, 3, 5, 2}}},
                                {"bij,cjk->ikbc", "bij,cjk->ikbc", {{2, 3, 4}, {3, 4, 2}}},
                                {"abcd,cdef->abef", "abcd,cdef->abef", {{2, 3, 2, 3}, {2, 3, 2, 2}}},
                                {"...ij,...jk", "aij,ajk->aik", {{3, 2, 3}, {3, 3, 2}}},
                                {"...ij,...jk->...ik", "bij,abjk->abik", {{5, 2, 3}, {4, 1, 3, 2}}},
                                {"...ij,jk->...ik", "abij,jk->abik", {{2, 1, 2, 3}, {3, 4}}},
                                {"i...,i...->...", "ia,ia->a", {{3, 4}, {3, 4}}},
                                {"i...,...i->i...", "iab,bi->iab", {{3, 2, 4}, {4, 3}}},
                                {"...i,...i->...", "i,ai->a", {{3}, {2, 3}}},
                                // a size 1 stands for any
                                {"i,i->i", "i,i->i", {{1}, {3}}},
                                {"ij,jk->ik", "ij,jk->ik", {{2, 1}, {3, 4}}},
                                {"bij,bjk->bik", "bij,bjk->bik", {{1, 2, 3}, {4, 3, 2}}},
                                {"ij,ij->", "ij,ij->", {{3, 1}, {1, 4}}},
                                {"ij->j", "ij->j", {{1, 3}}},
                                {"i,jk->k", "i,jk->k", {{1}, {2, 3}}},
                                {"i,i,i->", "i,i,i->", {{1}, {3}, {1}}},
                                {"...i,...i->...", "abi,abi->ab", {{2, 1, 3}, {1, 3, 1}}},
                                // more
                                {"i,j,k->ijk", "i,j,k->ijk", {{2}, {3}, {4}}},
                                {"i,j,k->kj", "i,j,k->kj", {{2}, {3}, {4}}},
                                {"i,i,i->", "i,i,i->", {{5}, {5}, {5}}},
                                {"i,ij,j->", "i,ij,j->", {{3}, {3, 4}, {4}}},
                                {"ij,jk,kl->il", "ij,jk,kl->il", {{2, 3}, {3, 4}, {4, 2}}},
                                {"bn,anm,bm->ba", "bn,anm,bm->ba", {{2, 3}, {4, 3, 2}, {2, 2}}},
                                {"...a,ab,...b->...", "ca,ab,cb->c", {{2, 3}, {3, 4}, {2, 4}}},
                                {"i,,j->ij", "i,,j->ij", {{2}, {}, {3}}},
                                {"ij,jk,kl,li", "ij,jk,kl,li->", {{2, 3}, {3, 2}, {2, 3}, {3, 2}}},
                                // spaces
                                {" i j , j k -> i k ", "ij,jk->ik", {{2, 3}, {3, 4}}},
                                {"i j, ... j -> ... i", "ij,aj->ai", {{2, 3}, {4, 3}}},
                                // nothing
                                {"i->i", "i->i", {{0}}},
                                {"i->", "i->", {{0}}},
                                {"ij->j", "ij->j", {{0, 3}}},
                                {"ii->i", "ii->i", {{0, 0}}},
                                {"i,i->", "i,i->", {{0}, {0}}},
                                {"i,i->i", "i,i->i", {{0}, {1}}},
                                {"ij,jk->ik", "ij,jk->ik", {{2, 0}, {0, 3}}},
                                {"ij,jk->ik", "ij,jk->ik", {{0, 3}, {3, 2}}},
                                {"aib,bj->aij", "aib,bj->aij", {{3, 0, 2}, {2, 4}}},
                                {"i,j,k->ijk", "i,j,k->ijk", {{2}, {0}, {3}}},
                                // many
                                {"ij,jk->ik", "ij,jk->ik", {{130, 70}, {70, 90}}, true},
                                {"bij,bjk->bik", "bij,bjk->bik", {{9, 40, 30}, {9, 30, 50}}, true},
                                {"ij->j", "ij->j", {{300, 200}}, true},
                                {"i,j,k->ik", "i,j,k->ik", {{150}, {60}, {130}}, true}};

const Register kEinsum("einsum", [](Sample& s) {
  TAPEGRAD_EXAMPLE(einsum("ij,j->i", {tensor({{1.0, 2.0}, {3.0, 4.0}}), tensor({1.0, 10.0})}));
  for (const Sum& sum : kSums) {
    Case c{.label = "\"" + sum.equation + "\"",
           .fn = [=](const Tensors& x) { return einsum(sum.equation, x); },
           .reference = [=](const Arrays& in) { return summed(sum.plain, in); },
           .large = sum.large};
    double terms = 1;  // more than are added up
    for (const Shape& shape : sum.shapes) {
      c.label += " " + shape_text(shape);
      c.inputs.push_back({shape});
      terms *= static_cast<double>(count(shape));
    }
    const double factor = 4 * static_cast<double>(sum.shapes.size()) + std::sqrt(terms);
    c.accuracy = {factor, factor, [=](const Arrays& in) {
                    Arrays all;
                    for (const Array& x : in) all.push_back(absolute(x));
                    return summed(sum.plain, all);
                  }};
    s.add(std::move(c));
  }
  s.add({.label = "of a tensor with itself",
         .inputs = {{{3, 2}}},
         .fn =
             [](const Tensors& x) {
               return einsum("ij,ik->jk", {x[0], x[0]});
             },
         .reference =
             [](const Arrays& in) {
               return summed("ij,ik->jk", {in[0], in[0]});
             },
         .accuracy = {8, 8, [](const Arrays& in) {
                        return summed("ij,ik->jk", {absolute(in[0]), absolute(in[0])});
                      }}});
  s.edge({"a diagonal takes nothing else into account",
          {{1, kNan, kInf, 4}},
          {1, 4},
          {{1, 0, 0, 1}},
          [](const Tensors& x) {
            return einsum("ii->i", {x[0].view({2, 2})});
          }})
      .edge({"0 times infinity is NaN", {{0, 1}, {kInf, 2}}, {kNan}, {}, [](const Tensors& x) {
               return einsum("i,i->", {x[0], x[1]}).view(1);
             }});
  const auto call = [](const std::string& equation, const std::vector<Shape>& shapes) {
    return [=] {
      Tensors x;
      for (const Shape& shape : shapes) x.push_back(of(shape));
      einsum(equation, x);
    };
  };
  s.throws<ShapeError>("label 'j' has sizes 3 and 4", call("ij,jk->ik", {{2, 3}, {4, 2}}))
      .throws<ShapeError>("has sizes 2 and 4", call("...,...->...", {{2, 3}, {4, 3}}))
      .throws<ShapeError>("a label repeats over dims of other sizes in [2, 3]", call("ii->i", {{2, 3}}))
      .throws<ShapeError>("a label repeats over dims of other sizes in [1, 3]", call("ii->i", {{1, 3}}))
      .throws<ShapeError>("the number of subscripts in \"ijk\" does not match the sizes [2, 3]",
                          call("ijk->i", {{2, 3}}))
      .throws<ShapeError>("the number of subscripts in \"i\" does not match the sizes [2, 3]", call("i->i", {{2, 3}}))
      .throws<ShapeError>("the number of subscripts in \"i\" does not match the sizes []", call("i", {{}}))
      .throws<ShapeError>("the number of subscripts in \"ij...k\"", call("ij...k->i", {{2, 3}}))
      .throws<Error>("another number of operands than the 1 given", call("ij,jk->ik", {{2, 3}}))
      .throws<Error>("another number of operands than the 1 given", call("i,->i", {{2}}))
      .throws<Error>("another number of operands than the 2 given", call("ij->ij", {{2, 3}, {2, 3}}))
      .throws<Error>("another number of operands than the 0 given", call("i->i", {}))
      .throws<Error>("another number of operands than the 0 given", call("", {}))
      .throws<Error>("output subscript 'k' must appear once, and in some operand", call("ij->k", {{2, 3}}))
      .throws<Error>("output subscript 'i' must appear once", call("ij->ii", {{2, 3}}))
      .throws<Error>("invalid character '1' in \"i1->i\"", call("i1->i", {{2, 3}}))
      .throws<Error>("invalid character '0'", call("0...->0", {{2, 3}}))
      .throws<Error>("invalid character '0'", call("i...->0", {{2, 3}}))
      .throws<Error>("invalid character '-'", call("ij-i", {{2, 3}}))
      .throws<Error>("invalid character '>'", call("ij>i", {{2, 3}}))
      .throws<Error>("invalid character '-'", call("ij->i->j", {{2, 3}}))
      .throws<Error>("invalid character '-'", call("i->i-", {{2}}))
      .throws<Error>("invalid character ','", call("i->,", {{2}}))
      .throws<Error>("invalid character '.'", call("...i...->i", {{2, 3}}))
      .throws<Error>("invalid character '.'", call("i.j->i", {{2, 3}}))
      .throws<Error>("invalid character '.'", call("i->..i", {{2}}))
      .throws<Error>("invalid character '.'", call("...i->...i...", {{2, 3}}))
      .throws<DtypeError>("expected scalar type Float but found Double", [] {
        einsum("ij,jk->ik", {of({2, 2}), of({2, 2}, kDouble)});
      });
});

const Register kTensordot("tensordot", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensordot(tensor({{1.0, 2.0}, {3.0, 4.0}}), tensor({1.0, 10.0}), {0}, {0}));
  const auto add = [&](const Shape& a, const Shape& b, const Shape& dims_a, const Shape& dims_b,
                       const std::string& plain, double terms) {
    s.add({.label = plain + " " + shape_text(a) + " " + shape_text(b),
           .inputs = {{a}, {b}},
           .fn = [=](const Tensors& x) { return tensordot(x[0], x[1], dims_a, dims_b); },
           .reference = [=](const Arrays& in) { return summed(plain, in); },
           .accuracy = {4 + std::sqrt(terms), 4 + std::sqrt(terms), [=](const Arrays& in) {
                          return summed(plain, {absolute(in[0]), absolute(in[1])});
                        }}});
  };
  add({3, 4}, {4, 5}, {1}, {0}, "ab,bc->ac", 4);
  add({3, 4}, {5, 4}, {-1}, {-1}, "ab,cb->ac", 4);
  add({2, 3, 4}, {4, 3, 5}, {1, 2}, {1, 0}, "abc,cbd->ad", 12);
  add({2, 3, 4}, {3, 5, 2}, {0, 1}, {2, 0}, "abc,bda->cd", 6);
  add({3}, {4}, {}, {}, "a,b->ab", 1);
  add({3, 4}, {3, 4}, {0, 1}, {0, 1}, "ab,ab->", 12);
  add({17}, {17, 2}, {0}, {0}, "a,ab->b", 17);
  add({0, 4}, {4, 5}, {1}, {0}, "ab,bc->ac", 4);
  add({3, 0}, {0, 5}, {1}, {0}, "ab,bc->ac", 0);
  add({3, 1}, {4, 5}, {1}, {0}, "ad,bc->ac", 4);
  add({3, 4}, {2, 1}, {1}, {1}, "ab,cd->ac", 4);
  s.throws<ShapeError>("both dimension lists should have same length",
                       [] {
                         tensordot(of({2, 3}), of({3, 2}), {0, 1}, 0);
                       })
      .throws<ShapeError>("contracted dimensions need to match, but first has size 2 in dim 0 and second has size 3",
                          [] {
                            tensordot(of({2, 3}), of({3, 2}), 0, 0);
                          })
      .throws<ShapeError>("name one twice",
                          [] {
                            tensordot(of({2, 2}), of({2, 2}), {0, 0}, {0, 1});
                          })
      .throws<IndexError>("tensordot: Dimension out of range", [] {
        tensordot(of({2, 3}), of({3, 2}), 2, 0);
      });
});

const Register kCross("cross", [](Sample& s) {
  TAPEGRAD_EXAMPLE(tensor({1.0, 2.0, 3.0}).cross(tensor({4.0, 5.0, 6.0})));
  const auto crossed = [](const Arrays& in, std::size_t d, bool magnitude) {
    const Shape shape = broadcast(in[0].shape, in[1].shape);
    const Array a = expand(in[0], shape), b = expand(in[1], shape);
    Array out(shape);
    for_each(shape, [&](const Index& i) {
      Index next = i, last = i;
      next[d] = (i[d] + 1) % 3;
      last[d] = (i[d] + 2) % 3;
      const Dual plus = a.at(next) * b.at(last), minus = a.at(last) * b.at(next);
      out.at(i) = magnitude ? abs(plus) + abs(minus) : plus - minus;
    });
    return out;
  };
  const auto add = [&](const Shape& a, const Shape& b, OptInt dim, std::size_t d) {
    s.add({.label = shape_text(a) + " " + shape_text(b) + (dim ? " along " + std::to_string(*dim) : ""),
           .inputs = {{a}, {b}},
           .fn = [=](const Tensors& x) { return cross(x[0], x[1], dim); },
           .reference = [=](const Arrays& in) { return crossed(in, d, false); },
           .accuracy = {2, 2, [=](const Arrays& in) { return crossed(in, d, true); }},
           .spellings = {[=](const Tensors& x) { return x[0].cross(x[1], dim); }}});
  };
  add({3}, {3}, {}, 0);
  add({4, 3}, {4, 3}, {}, 1);
  add({3, 3}, {3, 3}, {}, 0);
  add({3, 3}, {3, 3}, 1, 1);
  add({2, 3, 4}, {1, 3, 1}, -2, 1);
  add({0, 3}, {0, 3}, 1, 1);
  s.throws<ShapeError>("must have length 3, but got sizes [2, 4] and [2, 4]",
                       [] {
                         cross(of({2, 4}), of({2, 4}));
                       })
      .throws<ShapeError>("inputs dimension 0 must have length 3",
                          [] {
                            cross(of({2, 3}), of({2, 3}), 0);
                          })
      .throws<ShapeError>("inputs dimension 1 must have length 3",
                          [] {
                            cross(of({2, 3}), of({2, 1}), 1);
                          })
      .throws<ShapeError>("inputs must have the same number of dimensions, but got sizes [2, 3] and [3]",
                          [] {
                            cross(of({2, 3}), of({3}), 1);
                          })
      .throws<ShapeError>("cross", [] { cross(of({}), of({})); })
      .throws<IndexError>(kRange, [] {
        cross(of({2, 3}), of({2, 3}), 2);
      });
});

}  // namespace
}  // namespace tapegrad::test
