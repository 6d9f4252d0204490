# find_package(seedbed): the target seedbed::sdk and the function seedbed_add_seeder().

include(${CMAKE_CURRENT_LIST_DIR}/seedbedTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/seedbed_add_seeder.cmake)
