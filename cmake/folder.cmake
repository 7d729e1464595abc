# One folder = one static library = one namespace: figment_folder(envs SOURCES ... LINK ... PRIVATE ...).
function(figment_folder name)
  cmake_parse_arguments(FOLDER "" "" "SOURCES;LINK;PRIVATE" ${ARGN})
  add_library(figment_${name} STATIC ${FOLDER_SOURCES})
  target_include_directories(figment_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(figment_${name} PUBLIC ${FOLDER_LINK} PRIVATE ${FOLDER_PRIVATE})
endfunction()

# The tests of one folder: figment_tests(envs SOURCES ... LINK ...) makes build/envs_tests.
function(figment_tests name)
  cmake_parse_arguments(TESTS "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name}_tests ${TESTS_SOURCES})
  target_link_libraries(${name}_tests PRIVATE ${TESTS_LINK} GTest::gtest_main)
  target_compile_definitions(${name}_tests PRIVATE FIGMENT_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                             FIGMENT_BINARY_DIR="${PROJECT_BINARY_DIR}")
  gtest_discover_tests(${name}_tests TEST_PREFIX ${name}. DISCOVERY_MODE PRE_TEST
                       PROPERTIES TIMEOUT 300)
endfunction()
