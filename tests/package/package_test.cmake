# Installs the SDK to a scratch prefix, builds the project beside this file and the template against
# it, and lets the program run the plugins.  Run with
#   cmake -D BUILD=… -D WORK=… -D PROGRAM=… -D NM=… -D C=… -D CXX=… -D CXX_FLAGS=… -D GENERATOR=…
#     -D RUSTC=… -D TESTING=… -D LINK_FLAGS=… -P package_test.cmake
# RUSTC may be false: then the plugin in Rust is left out.  TESTING tells whether seedbed::testing is tried too,
# which takes the compiler that has built it, and LINK_FLAGS for the sanitizers that are in it.

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${result}:\n${text}")
  endif()
  set(output "${text}" PARENT_SCOPE)
endfunction()

function(expect words)
  if(NOT output MATCHES "${words}")
    message(FATAL_ERROR "expected ${words} in:\n${output}")
  endif()
endfunction()

function(build source)
  cmake_path(GET source FILENAME name)
  run(${CMAKE_COMMAND} -G ${GENERATOR} -S ${source} -B ${WORK}/${name}
      -D CMAKE_PREFIX_PATH=${WORK}/prefix
      -D CMAKE_C_COMPILER=${C} -D CMAKE_CXX_COMPILER=${CXX} -D "CMAKE_CXX_FLAGS=${CXX_FLAGS}" ${ARGN}
      -D CMAKE_COMPILE_WARNING_AS_ERROR=ON)
  run(${CMAKE_COMMAND} --build ${WORK}/${name})
endfunction()

function(expect_one_symbol library)
  run(${NM} --dynamic --defined-only ${library})
  string(REGEX MATCHALL "[^\n]+" symbols "${output}")
  list(LENGTH symbols count)
  if(NOT count EQUAL 1 OR NOT output MATCHES " T seedbed_plugin_entry\n")
    message(FATAL_ERROR "${library} exports more than its entry point:\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --component seedbed-dev --prefix ${WORK}/prefix)
build(${CMAKE_CURRENT_LIST_DIR})
build(${WORK}/prefix/share/seedbed/template)
if(RUSTC)
  run(${RUSTC} -O -D warnings -o ${WORK}/package/plain_rust.so ${CMAKE_CURRENT_LIST_DIR}/plain_rust.rs)
  set(plain_rust package/plain_rust)
endif()
foreach(library IN ITEMS package/customers package/plain_c template/my_seeder ${plain_rust})
  expect_one_symbol(${WORK}/${library}.so)
endforeach()

set(up ${CMAKE_COMMAND} -E chdir ${WORK} ${PROGRAM} up --url sqlite:customers.db
    --migrations ${CMAKE_CURRENT_LIST_DIR}/migrations --seeders ${WORK}/package)
run(${up})
expect("customers +3 inserted")
expect("plain_c +2 inserted")
if(RUSTC)
  expect("plain_rust +2 inserted")
endif()
run(${up})
expect("customers +3 unchanged")
expect("plain_c +2 unchanged")
if(RUSTC)
  expect("plain_rust +2 unchanged")
endif()

if(TESTING)
  run(${CMAKE_COMMAND} --install ${BUILD} --component seedbed-testing --prefix ${WORK}/prefix)
  build(${CMAKE_CURRENT_LIST_DIR}/testing -D "CMAKE_EXE_LINKER_FLAGS=${LINK_FLAGS}")
  run(${WORK}/testing/customers_test ${WORK}/package/customers.so ${CMAKE_CURRENT_LIST_DIR}/migrations)
  expect("first 3 second 0 rows 3")
endif()
