# One folder = one static library = one namespace: figment_folder(envs SOURCES ... LINK ... PRIVATE ...).
function(figment_folder name)
  cmake_parse_arguments(FOLDER "" "" "SOURCES;LINK;PRIVATE" ${ARGN})
  add_library(figment_${name} STATIC ${FOLDER_SOURCES})
  target_include_directories(figment_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(figment_${name} PUBLIC ${FOLDER_LINK} PRIVATE ${FOLDER_PRIVATE})
endfunction()

# The tests of one folder: figment_tests(envs SOURCES ... LINK ...) makes build/envs_tests. ctest runs it in shards (envs.0,
# envs.1, ...) and not test by test, because a process that loads torch takes half a second to start. For one test:
# build/envs_tests --gtest_filter=Suite.Name
function(figment_tests name)
  cmake_parse_arguments(TESTS "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name}_tests ${TESTS_SOURCES})
  target_link_libraries(${name}_tests PRIVATE ${TESTS_LINK} GTest::gtest_main)
  target_compile_definitions(${name}_tests PRIVATE FIGMENT_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                             FIGMENT_BINARY_DIR="${PROJECT_BINARY_DIR}")
  set(shards 6)
  math(EXPR last "${shards} - 1")
  foreach(shard RANGE ${last})
    add_test(NAME ${name}.${shard} COMMAND ${name}_tests --gtest_brief=1)
    set_tests_properties(${name}.${shard} PROPERTIES TIMEOUT 600
                         ENVIRONMENT "GTEST_TOTAL_SHARDS=${shards};GTEST_SHARD_INDEX=${shard}")
  endforeach()
endfunction()
