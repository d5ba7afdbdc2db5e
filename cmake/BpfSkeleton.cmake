# add_bpf_skeleton(TARGET SOURCE): one .bpf.c becomes TARGET, an interface library whose users may
# include <SOURCE's stem>.skel.h. What is compiled here is what is embedded there. HEADERS are the
# files that SOURCE includes.
function(add_bpf_skeleton target source)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "HEADERS")
    get_filename_component(stem ${source} NAME)
    string(REPLACE ".bpf.c" "" stem ${stem})
    set(dir ${CMAKE_CURRENT_BINARY_DIR}/${target})
    set(object ${dir}/${stem}.bpf.o)
    set(skeleton ${dir}/${stem}.skel.h)
    file(MAKE_DIRECTORY ${dir})
    list(TRANSFORM arg_HEADERS PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)

    string(REGEX REPLACE "^(x86_64|AMD64)$" "x86" arch "${CMAKE_SYSTEM_PROCESSOR}")
    string(REGEX REPLACE "^aarch64$" "arm64" arch "${arch}")
    add_custom_command(OUTPUT ${skeleton}
        COMMAND ${BPF_CLANG} -O2 -g -target bpf -mcpu=v3 -D__TARGET_ARCH_${arch}
                -Wall -Wextra -Werror -Wno-unused-parameter
                -isystem /usr/include/${CMAKE_LIBRARY_ARCHITECTURE}
                -c ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${object}
        COMMAND ${BPFTOOL} gen skeleton ${object} name ${stem} > ${skeleton}
        DEPENDS ${source} ${arg_HEADERS}
        COMMENT "Building BPF skeleton ${stem}.skel.h"
        VERBATIM)
    add_custom_target(${target}_header DEPENDS ${skeleton})
    add_library(${target} INTERFACE)
    add_dependencies(${target} ${target}_header)
    target_include_directories(${target} SYSTEM INTERFACE ${dir})
    target_link_libraries(${target} INTERFACE PkgConfig::LIBBPF)
endfunction()
