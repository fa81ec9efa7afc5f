# What every target of this repository is compiled with, and no user of it.
function(tapegrad_own_target target)
  # A file is a unit: kernels are compiled once a SIMD target, and nameless namespaces have what they need.
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF UNITY_BUILD OFF)
  # Results have the same bits on every machine: a * b + c is fused only where the source says so.
  target_compile_options(${target} PRIVATE -ffp-contract=off)
  if(PROJECT_IS_TOP_LEVEL)
    # Clang counts sign conversions under -Wconversion, GCC does not: both shall mean the same.
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wconversion -Wshadow -Wno-sign-conversion)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # They cry wolf at "text" + std::string.
    target_compile_options(${target} PRIVATE -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow)
  endif()
  if(TAPEGRAD_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()
