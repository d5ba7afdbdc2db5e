# project_options: the warnings, language level and sanitizers every target of ours is built with.
add_library(project_options INTERFACE)
target_compile_features(project_options INTERFACE cxx_std_20)
target_compile_options(project_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow
    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Wold-style-cast -Wno-missing-field-initializers>)
set_property(GLOBAL PROPERTY USE_FOLDERS ON)

set(FUSEWIRE_SANITIZE "" CACHE STRING "Sanitizers to build with, e.g. address,undefined")
if(FUSEWIRE_SANITIZE)
    target_compile_options(project_options INTERFACE
        -fsanitize=${FUSEWIRE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(project_options INTERFACE -fsanitize=${FUSEWIRE_SANITIZE})
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
