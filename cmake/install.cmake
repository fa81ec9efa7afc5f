include(CMakePackageConfigHelpers)

set(header_dir ${CMAKE_INSTALL_INCLUDEDIR}/tapegrad)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/tapegrad)

foreach(header IN LISTS public_headers)
  cmake_path(GET header PARENT_PATH folder)
  install(FILES ${PROJECT_SOURCE_DIR}/${header} DESTINATION ${header_dir}/${folder})
endforeach()
set(core_umbrellas ${umbrellas})
list(FILTER core_umbrellas EXCLUDE REGEX "/testing\\.h$")
install(FILES ${core_umbrellas} DESTINATION ${header_dir})

install(TARGETS tapegrad EXPORT tapegrad-targets)
install(EXPORT tapegrad-targets NAMESPACE tapegrad:: DESTINATION ${package_dir})

if(TARGET tapegrad_testing)
  install(TARGETS tapegrad_testing EXPORT tapegrad-testing-targets)
  install(EXPORT tapegrad-testing-targets NAMESPACE tapegrad:: DESTINATION ${package_dir})
  set(testing_umbrella ${umbrellas})
  list(FILTER testing_umbrella INCLUDE REGEX "/testing\\.h$")
  install(FILES ${testing_umbrella} DESTINATION ${header_dir})
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
