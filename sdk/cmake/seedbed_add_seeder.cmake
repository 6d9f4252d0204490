# seedbed_add_seeder(<target> <source>…)
#
# Builds a plugin, <target>.so, from sources in C++ or C.  It exports its entry point and nothing
# else: with any other symbol left visible, two plugins in one process could share a variable, and
# g++ marks some (STB_GNU_UNIQUE) so that the library can never be unloaded.

function(seedbed_add_seeder target)
  set(exports ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/seedbed_plugin.map)
  add_library(${target} MODULE ${ARGN})
  target_link_libraries(${target} PRIVATE seedbed::sdk)
  set_target_properties(${target} PROPERTIES
    PREFIX ""
    SUFFIX ".so"
    C_VISIBILITY_PRESET hidden
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${exports})
  if(NOT CMAKE_CXX_CLANG_TIDY)  # which reads g++'s options and does not know this one
    target_compile_options(${target} PRIVATE
      $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  endif()
  target_link_options(${target} PRIVATE LINKER:--version-script=${exports})
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if("CXX" IN_LIST languages)
    target_compile_features(${target} PRIVATE cxx_std_20)
  endif()
  # A missing definition is found here and not on the machine that loads the plugin.  Clang leaves
  # the sanitizers' own functions to the program.
  if(NOT "${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS}" MATCHES "-fsanitize")
    target_link_options(${target} PRIVATE LINKER:-z,defs)
  endif()
endfunction()
