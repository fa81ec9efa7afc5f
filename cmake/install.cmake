include(CMakePackageConfigHelpers)

# Parts of a package: what programs need when they run is "library", documentation is "doc".
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME dev)

set(header_dir ${CMAKE_INSTALL_INCLUDEDIR}/tapegrad)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/tapegrad)

set(installed_headers ${public_headers})
if(NOT TARGET tapegrad_parallel)
  list(FILTER installed_headers EXCLUDE REGEX "^nn/parallel/")
endif()
foreach(header IN LISTS installed_headers)
  cmake_path(GET header PARENT_PATH folder)
  install(FILES ${PROJECT_SOURCE_DIR}/${header} DESTINATION ${header_dir}/${folder})
endforeach()
# The kits for users' tests and benchmarks are components, with a header each.
set(core_umbrellas ${umbrellas})
list(FILTER core_umbrellas EXCLUDE REGEX "/(testing|benchmark)\\.h$")
install(FILES ${core_umbrellas} DESTINATION ${header_dir})

install(
  TARGETS tapegrad
  EXPORT tapegrad-targets
  LIBRARY COMPONENT library NAMELINK_COMPONENT dev)
install(EXPORT tapegrad-targets NAMESPACE tapegrad:: DESTINATION ${package_dir})

foreach(kit testing benchmark)
  if(TARGET tapegrad_${kit})
    install(TARGETS tapegrad_${kit} EXPORT tapegrad-${kit}-targets)
    install(EXPORT tapegrad-${kit}-targets NAMESPACE tapegrad:: DESTINATION ${package_dir})
    install(FILES ${PROJECT_SOURCE_DIR}/autograd/umbrella/${kit}.h DESTINATION ${header_dir})
  endif()
endforeach()

if(TARGET tapegrad_parallel)
  install(TARGETS tapegrad_parallel EXPORT tapegrad-parallel-targets)
  install(EXPORT tapegrad-parallel-targets NAMESPACE tapegrad:: DESTINATION ${package_dir})
endif()

configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/tapegrad-config.cmake.in ${PROJECT_BINARY_DIR}/tapegrad-config.cmake
  INSTALL_DESTINATION ${package_dir})
# Before 1.0 a minor version may break its users.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tapegrad-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tapegrad-config.cmake ${PROJECT_BINARY_DIR}/tapegrad-config-version.cmake
        DESTINATION ${package_dir})

# The file names its prefix by where it stands, so that the installed tree can be moved. A static library needs its
# own libraries at every link, a shared one brings them along.
file(RELATIVE_PATH pc_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" pc_prefix ${pc_prefix})
if(BUILD_SHARED_LIBS)
  set(pc_libs_private "Libs.private: -pthread")
  set(pc_cflags " -DTAPEGRAD_SHARED")
else()
  set(pc_libs " -pthread")
endif()
configure_file(${PROJECT_SOURCE_DIR}/cmake/tapegrad.pc.in ${PROJECT_BINARY_DIR}/tapegrad.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/tapegrad.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
