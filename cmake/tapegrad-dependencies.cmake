# What the library links. Used by its own build and, installed, by find_package(tapegrad): on failure it leaves a
# sentence in tapegrad_missing.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads QUIET)
if(NOT Threads_FOUND)
  set(tapegrad_missing "tapegrad needs a threads library")
endif()

if(NOT TARGET hwy::hwy)
  find_package(hwy CONFIG QUIET)
endif()
if(NOT TARGET hwy::hwy)
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(tapegrad_hwy QUIET IMPORTED_TARGET libhwy)
  endif()
  if(TARGET PkgConfig::tapegrad_hwy)
    add_library(hwy::hwy INTERFACE IMPORTED)
    target_link_libraries(hwy::hwy INTERFACE PkgConfig::tapegrad_hwy)
  else()
    set(tapegrad_missing "tapegrad needs Highway (on Debian and Ubuntu: apt-get install libhwy-dev)")
  endif()
endif()
