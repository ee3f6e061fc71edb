# wattune_module(NAME SOURCES file... [LINKS target...]): the static library of a folder, wattune_NAME.
function(wattune_module name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
    add_library(wattune_${name} STATIC ${ARG_SOURCES})
    target_include_directories(wattune_${name} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(wattune_${name} PUBLIC ${ARG_LINKS})
endfunction()

# What tests need that run MPI under the address sanitizer: what its libraries leak, and the slow unwinder, without which
# nobody can tell which of them did, because they have no frame pointers.
set(WATTUNE_MPI_ENVIRONMENT
    "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/lsan.supp:print_suppressions=0"
    "ASAN_OPTIONS=fast_unwind_on_malloc=0")

# What a site says of its machines is nothing to the tests, on which they would depend. They run side by side, and threads
# that wait for one another by spinning take long then.
set(WATTUNE_TEST_ENVIRONMENT "OMP_NUM_THREADS=set:1")
foreach(name IDLE_W LOG METER_COMMAND MODEL_IDLE_W MODEL_MAX_W NVML SYSROOT)
    list(APPEND WATTUNE_TEST_ENVIRONMENT "WATTUNE_${name}=unset:")
endforeach()

# What tests of the current folder are called by, tests/bench/search: "bench/search" by CTest, and their targets "bench_search".
function(wattune_test_names folder prefix)
    file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR}/tests ${CMAKE_CURRENT_SOURCE_DIR})
    string(REPLACE / _ joined ${path})
    set(${folder} ${path} PARENT_SCOPE)
    set(${prefix} ${joined} PARENT_SCOPE)
endfunction()

# wattune_test(NAME LINKS target... [LABEL label] [SOURCES file...] [TIMEOUT seconds] [NO_VALGRIND]): the cmocka test
# NAME_test.c of the current folder, found by CTest as <folder>/<name>. LABEL is unit unless told. With WATTUNE_VALGRIND
# unit tests run a second time, under valgrind, except those that say NO_VALGRIND (and why).
function(wattune_test name)
    cmake_parse_arguments(ARG "NO_VALGRIND" "LABEL;TIMEOUT" "SOURCES;LINKS" ${ARGN})
    if(NOT ARG_LABEL)
        set(ARG_LABEL unit)
    endif()
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 120)
    endif()
    wattune_test_names(folder prefix)
    set(target ${prefix}_${name}_test)
    add_executable(${target} ${name}_test.c ${ARG_SOURCES})
    target_link_libraries(${target} PRIVATE ${ARG_LINKS} PkgConfig::CMOCKA m)
    target_compile_definitions(${target} PRIVATE
        TESTS_DIR="${PROJECT_SOURCE_DIR}/tests" TEST_DATA_DIR="${PROJECT_SOURCE_DIR}/../shared/data")
    add_test(NAME ${folder}/${name} COMMAND ${target})
    set_tests_properties(${folder}/${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT}
        ENVIRONMENT_MODIFICATION "${WATTUNE_TEST_ENVIRONMENT}")
    if(WATTUNE_VALGRIND AND ARG_LABEL STREQUAL unit AND NOT ARG_NO_VALGRIND)
        add_test(NAME valgrind/${folder}/${name}
            COMMAND valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite
                --trace-children=no --suppressions=${PROJECT_SOURCE_DIR}/tests/valgrind.supp $<TARGET_FILE:${target}>)
        set_tests_properties(valgrind/${folder}/${name} PROPERTIES
            LABELS valgrind TIMEOUT 600
            ENVIRONMENT_MODIFICATION "${WATTUNE_TEST_ENVIRONMENT}")
    endif()
endfunction()

# wattune_failing_memory(TEST [call...]): allocations of the test TEST of the current folder fail as tests/failing_memory.h
# says; other calls are sent to wrappers of the test's own.
function(wattune_failing_memory name)
    wattune_test_names(folder prefix)
    target_sources(${prefix}_${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests/failing_memory.c)
    foreach(call malloc calloc realloc aligned_alloc strdup ${ARGN})
        target_link_options(${prefix}_${name}_test PRIVATE LINKER:--wrap=${call})
    endforeach()
endfunction()

# wattune_shell_test(NAME [LABEL label] [TIMEOUT seconds]): the script NAME_test.sh of the current folder, which finds the
# programs that it runs in WATTUNE and MISBEHAVE. It ends with 77 when it has to be skipped, and says why.
function(wattune_shell_test name)
    cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "" ${ARGN})
    if(NOT ARG_LABEL)
        set(ARG_LABEL system)
    endif()
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 300)
    endif()
    wattune_test_names(folder prefix)
    add_test(NAME ${folder}/${name} COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/${name}_test.sh)
    set_tests_properties(${folder}/${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT} SKIP_RETURN_CODE 77
        ENVIRONMENT "WATTUNE=$<TARGET_FILE:wattune>;MISBEHAVE=$<TARGET_FILE:misbehave>;OMP_NUM_THREADS=1;${WATTUNE_MPI_ENVIRONMENT}")
endfunction()
