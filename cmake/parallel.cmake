# tapegrad::parallel, a library of its own: programs that train on one machine link no MPI.
set(MPI_CXX_SKIP_MPICXX ON)
find_package(MPI REQUIRED COMPONENTS CXX)

file(GLOB_RECURSE parallel_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/nn/parallel/*.cpp)
add_library(tapegrad_parallel STATIC ${parallel_sources})
add_library(tapegrad::parallel ALIAS tapegrad_parallel)
tapegrad_own_target(tapegrad_parallel)
target_include_directories(tapegrad_parallel PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(tapegrad_parallel PUBLIC tapegrad PRIVATE MPI::MPI_CXX)
set_target_properties(
  tapegrad_parallel
  PROPERTIES EXPORT_NAME parallel
             POSITION_INDEPENDENT_CODE ON
             CXX_VISIBILITY_PRESET hidden
             VISIBILITY_INLINES_HIDDEN ON)

# What starts a program on so many ranks on this machine, as root too, however few cores it has.
execute_process(COMMAND ${MPIEXEC_EXECUTABLE} --version OUTPUT_VARIABLE launcher ERROR_VARIABLE launcher)
set(mpi_flags)
if(launcher MATCHES "Open MPI|OpenRTE")
  set(mpi_flags --oversubscribe --allow-run-as-root)
endif()
set(TAPEGRAD_MPIRUN ${MPIEXEC_EXECUTABLE} ${mpi_flags} ${MPIEXEC_NUMPROC_FLAG})
