# Debian packages by CPack (cmake --workflow --preset deb): libtapegrad0.2, which programs need, libtapegrad-dev, which
# compilers need, libtapegrad-doc, which people need. `./dev check deb` reads them with lintian.
set(soname ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
set(library_package libtapegrad${soname})
set(dev_package libtapegrad-dev)
set(doc_package libtapegrad-doc)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tapegrad)
set(TAPEGRAD_PACKAGER "the tapegrad authors <tapegrad@localhost>" CACHE STRING "Who makes the packages, with an address")
set(CPACK_PACKAGE_CONTACT "${TAPEGRAD_PACKAGER}")
set(CPACK_COMPONENTS_ALL library dev doc)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
                                                WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)

set(about "tapegrad has tensors, reverse-mode automatic differentiation, modules and
optimisers by PyTorch's names, for small models and programs that must start
at once.")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME ${library_package})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
# CPack calls ldconfig from scripts of its own; Debian wants a trigger for that.
set(control ${PROJECT_BINARY_DIR}/packaging)
file(WRITE ${control}/shlibs "libtapegrad ${soname} ${library_package} (>= ${PROJECT_VERSION})\n")
file(WRITE ${control}/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${control}/shlibs ${control}/triggers)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "${about}")

set(CPACK_DEBIAN_DEV_PACKAGE_NAME ${dev_package})
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "${library_package} (= ${PROJECT_VERSION}-1)")
set(CPACK_DEBIAN_DEV_PACKAGE_SUGGESTS "libgtest-dev, ${doc_package}")
set(CPACK_COMPONENT_DEV_DESCRIPTION "${about}\n.\nThis package has what a compiler needs.")

set(CPACK_DEBIAN_DOC_PACKAGE_NAME ${doc_package})
set(CPACK_DEBIAN_DOC_PACKAGE_SECTION doc)
set(CPACK_DEBIAN_DOC_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_DOC_PACKAGE_SHLIBDEPS OFF)
set(CPACK_COMPONENT_DOC_DESCRIPTION "${about}\n.\nThis package has guides and examples, as Markdown and C++.")

# Each package says whose it is and what has changed.
find_program(GZIP gzip)
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr" AND GZIP)
  file(READ ${PROJECT_SOURCE_DIR}/LICENSE license)
  string(TIMESTAMP today "%a, %d %b %Y %H:%M:%S +0000" UTC)
  foreach(component IN ITEMS library dev doc)
    set(folder ${PROJECT_BINARY_DIR}/packaging/${component})
    file(CONFIGURE OUTPUT ${folder}/changelog.Debian @ONLY CONTENT
"tapegrad (@PROJECT_VERSION@-1) unstable; urgency=medium

  * See docs/versions.md and CHANGELOG.md.

 -- @CPACK_PACKAGE_CONTACT@  @today@
")
    file(CONFIGURE OUTPUT ${folder}/copyright @ONLY CONTENT
"Copyright: the tapegrad authors, who license it so:

@license@")
    configure_file(${PROJECT_SOURCE_DIR}/CHANGELOG.md ${folder}/changelog COPYONLY)
    execute_process(COMMAND ${GZIP} -9nf ${folder}/changelog.Debian ${folder}/changelog)
    install(FILES ${folder}/changelog.Debian.gz ${folder}/changelog.gz ${folder}/copyright
            DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${${component}_package} COMPONENT ${component})
  endforeach()
  install(
    DIRECTORY ${PROJECT_SOURCE_DIR}/docs ${PROJECT_SOURCE_DIR}/examples
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${doc_package}
    COMPONENT doc
    PATTERN site EXCLUDE
    PATTERN CMakeLists.txt EXCLUDE)
  install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/ARCHITECTURE.md
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${doc_package} COMPONENT doc)
endif()
include(CPack)
