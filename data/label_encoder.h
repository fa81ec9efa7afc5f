// Texts as numbers of classes.
#pragma once

#include <tapegrad/autograd/state_dict.h>

namespace tapegrad::data {

/// Numbers the different texts of a column 0, 1 ... in their order, as scikit-learn's LabelEncoder and OneHotEncoder
/// do:
///
///   data::LabelEncoder encoder;
///   Tensor y = encoder.fit_transform(table.text["species"]);
///   Checkpoint both{{"model", model}, {"species", encoder}};  // the numbers belong to the model
///   std::vector<std::string> species = encoder.inverse_transform(model.forward(x).argmax(1));
class TAPEGRAD_EXPORT LabelEncoder {
 public:
  /// Error where there are none.
  LabelEncoder& fit(const std::vector<std::string>& texts);
  /// int64 [n]. Error before fit(); ValueError for a text that fit() has not seen, with its row, from 0 on.
  Tensor transform(const std::vector<std::string>& texts) const;
  Tensor fit_transform(const std::vector<std::string>& texts) { return fit(texts).transform(texts); }
  /// [n, classes], f32: 1 in the column of the text's class, else 0. For text that a model reads. Errors as above.
  Tensor one_hot(const std::vector<std::string>& texts) const;
  /// The texts of y [n] or [n, 1]. ValueError for what is the number of none.
  std::vector<std::string> inverse_transform(const Tensor& y) const;

  const std::vector<std::string>& classes() const { return classes_; }  ///< by number

  /// "classes", all texts' bytes, one after another, and "lengths", the bytes of each.
  StateDict state_dict() const;
  void load_state_dict(const StateDict& state) { prepare_load(state)(); }
  std::function<void()> prepare_load(const StateDict& state);

 private:
  void check_fitted() const;

  std::vector<std::string> classes_;
};

}  // namespace tapegrad::data
