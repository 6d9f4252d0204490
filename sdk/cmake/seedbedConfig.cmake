# find_package(seedbed): the target seedbed::sdk and the function seedbed_add_seeder().  COMPONENTS testing adds
# seedbed::testing, which links what the host stands on.

include(${CMAKE_CURRENT_LIST_DIR}/seedbedTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/seedbed_add_seeder.cmake)
if("testing" IN_LIST seedbed_FIND_COMPONENTS AND EXISTS ${CMAKE_CURRENT_LIST_DIR}/seedbedTestingTargets.cmake)
  include(${CMAKE_CURRENT_LIST_DIR}/seedbedTestingDependencies.cmake)
  include(${CMAKE_CURRENT_LIST_DIR}/seedbedTestingTargets.cmake)
  set(seedbed_testing_FOUND TRUE)
endif()
foreach(component IN LISTS seedbed_FIND_COMPONENTS)
  if(seedbed_FIND_REQUIRED_${component} AND NOT seedbed_${component}_FOUND)
    set(seedbed_FOUND FALSE)
    set(seedbed_NOT_FOUND_MESSAGE "seedbed's component \"${component}\" is not installed; there is: testing")
  endif()
endforeach()
