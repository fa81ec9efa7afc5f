// Arrays in NumPy's files (.npy).
#pragma once

#include <tapegrad/autograd/tensor.h>

namespace tapegrad::data {

/// np.load: the file's array, of f32, f64, int64 or bool, little-endian, in C or Fortran order; versions 1.0, 2.0
/// and 3.0. FormatError, with the byte where the file goes wrong: other dtypes (named; objects among them: nothing is
/// unpickled), more than 8 dims, a header of more than 10,000 bytes or other than the three keys, bytes too many or too
/// few, and files of another kind, named where they are known. IoError.
TAPEGRAD_EXPORT Tensor load_npy(const std::string& path);

/// np.save: version 1.0, C order. A kill at any moment leaves the old file or the new one. Error for an undefined
/// tensor; IoError.
TAPEGRAD_EXPORT void save_npy(const std::string& path, const Tensor& x);

}  // namespace tapegrad::data
