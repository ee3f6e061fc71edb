# Libraries, all of them Debian and Ubuntu packages. tests/packages.txt is the list that the scripts install.
find_package(PkgConfig REQUIRED)
find_package(MPI REQUIRED COMPONENTS C)
find_package(OpenMP REQUIRED COMPONENTS C)
find_package(ZLIB REQUIRED)
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)

pkg_check_modules(CJSON REQUIRED IMPORTED_TARGET libcjson)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(SMARTCOLS REQUIRED IMPORTED_TARGET smartcols)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(OPENBLAS REQUIRED IMPORTED_TARGET openblas)

# GSL's own pkg-config file asks for gslcblas, which is ten times slower than OpenBLAS.
find_library(GSL_LIBRARY gsl REQUIRED)
find_path(GSL_INCLUDE_DIR gsl/gsl_version.h REQUIRED)
add_library(wattune_gsl INTERFACE)
target_include_directories(wattune_gsl SYSTEM INTERFACE ${GSL_INCLUDE_DIR})
target_link_libraries(wattune_gsl INTERFACE ${GSL_LIBRARY} PkgConfig::OPENBLAS m)

# oneDNN's CMake file in Debian 12 asks for OpenCL headers that the package does not need.
find_library(DNNL_LIBRARY dnnl REQUIRED)
find_path(DNNL_INCLUDE_DIR oneapi/dnnl/dnnl.h REQUIRED)
add_library(wattune_onednn INTERFACE)
target_include_directories(wattune_onednn SYSTEM INTERFACE ${DNNL_INCLUDE_DIR})
target_link_libraries(wattune_onednn INTERFACE ${DNNL_LIBRARY} m)
