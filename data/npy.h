// Arrays in NumPy's files (.npy, .npz).
#pragma once

#include <tapegrad/autograd/state_dict.h>

namespace tapegrad::data {

/// np.load: the file's array, of f64, f32, f16, int64 to int8, uint8 or bool, little-endian, in C or Fortran order;
/// versions 1.0, 2.0 and 3.0. FormatError, with the byte where the file goes wrong: other dtypes (named; objects among
/// them: nothing is unpickled), more than 8 dims, a header of more than 10,000 bytes or other than the three keys,
/// bytes too many or too few, and files of another kind, named where they are known. IoError.
TAPEGRAD_EXPORT Tensor load_npy(const std::string& path);

/// np.load of what np.savez and np.savez_compressed write: the arrays by name, in their order. Each is read as
/// load_npy() does, of which it throws the errors, with the array's name. FormatError also for an archive that is not
/// whole: sizes, CRC-32s and directory must fit, and nothing may stand before, between or behind them; and for entries
/// that are encrypted, packed otherwise than by deflating, no arrays, or of one name. IoError.
///
///   StateDict arrays = data::load_npz("digits.npz");
///   Tensor x = arrays["x"], y = arrays["y"];
TAPEGRAD_EXPORT StateDict load_npz(const std::string& path);

/// np.save: version 1.0, C order. A kill at any moment leaves the old file or the new one. Error for an undefined
/// tensor; IoError.
TAPEGRAD_EXPORT void save_npy(const std::string& path, const Tensor& x);

}  // namespace tapegrad::data
