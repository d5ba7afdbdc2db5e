# What can be switched when configuring, and project_options: the warnings, language level and
# sanitizers that every target of ours is built with.

set(FUSEWIRE_BPF AUTO CACHE STRING "Live capture: ON, OFF, or AUTO (when clang, bpftool and libbpf are there)")
set(FUSEWIRE_GUI AUTO CACHE STRING "The viewer: ON, OFF, or AUTO (when Qt is there)")
set_property(CACHE FUSEWIRE_BPF FUSEWIRE_GUI PROPERTY STRINGS AUTO ON OFF)
set(FUSEWIRE_SANITIZE "" CACHE STRING "Sanitizers to build with, e.g. address,undefined")
option(FUSEWIRE_FUZZ "Build the libFuzzer targets; needs clang" OFF)

add_library(project_options INTERFACE)
target_compile_features(project_options INTERFACE cxx_std_20)
target_compile_options(project_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow
    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Wold-style-cast -Wno-missing-field-initializers>)
set_property(GLOBAL PROPERTY USE_FOLDERS ON)

if(FUSEWIRE_SANITIZE)
    target_compile_options(project_options INTERFACE
        -fsanitize=${FUSEWIRE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(project_options INTERFACE -fsanitize=${FUSEWIRE_SANITIZE})
endif()

if(FUSEWIRE_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
        message(FATAL_ERROR "FUSEWIRE_FUZZ needs clang++, this is ${CMAKE_CXX_COMPILER}")
    endif()
    target_compile_options(project_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# add_optional_folder(FOLDER OPTION TARGET WHAT): adds the folder unless OPTION is OFF. The folder
# defines TARGET when it finds what it needs and says in the summary when it does not; with ON, not
# finding it is an error.
macro(add_optional_folder folder option target what)
    if(${option})
        add_subdirectory(${folder})
        if(NOT ${option} STREQUAL "AUTO" AND NOT TARGET ${target})
            message(FATAL_ERROR "${option} is ON, but what ${folder}/ needs was not found")
        endif()
    else()
        add_feature_info("${what}" ${option} "switched off with ${option}")
    endif()
endmacro()
