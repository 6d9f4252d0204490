# The installed package, tried as a project outside the tree tries it, with each compiler there is.

function(add_package_test name c cxx flags testing)
  add_test(NAME package.${name}
    COMMAND ${CMAKE_COMMAND} -D BUILD=${CMAKE_BINARY_DIR} -D WORK=${CMAKE_BINARY_DIR}/tests/package/${name}
            -D PROGRAM=$<TARGET_FILE:seedbed> -D NM=${CMAKE_NM} -D C=${c} -D CXX=${cxx}
            -D CXX_FLAGS=${flags} -D GENERATOR=${CMAKE_GENERATOR} -D RUSTC=${RUSTC} -D TESTING=${testing}
            -D "LINK_FLAGS=${CMAKE_CXX_FLAGS}"
            -P ${CMAKE_CURRENT_SOURCE_DIR}/package/package_test.cmake)
endfunction()

find_program(RUSTC rustc)
mark_as_advanced(RUSTC)

add_package_test(default ${CMAKE_C_COMPILER} ${CMAKE_CXX_COMPILER} "" ON)

find_program(CLANG clang)
find_program(CLANGXX clang++)
mark_as_advanced(CLANG CLANGXX)
if(CLANG AND CLANGXX)
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/libcxx.cpp "#include <concepts>\nint main() {}\n")
  execute_process(COMMAND ${CLANGXX} -std=c++20 -stdlib=libc++ libcxx.cpp -o libcxx
    WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
  if(result EQUAL 0)
    add_package_test(libcxx ${CLANG} ${CLANGXX} -stdlib=libc++ OFF)
  endif()
endif()
