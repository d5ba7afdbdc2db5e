# Configures SOURCE in BUILD where bpftool cannot be found: the default leaves the probe out and says
# so, and FUSEWIRE_BPF=ON is an error.
set(hide_bpftool "-DCMAKE_IGNORE_PATH=/usr/sbin;/sbin;/usr/local/sbin")

function(configure result output)
    file(REMOVE_RECURSE ${BUILD})
    execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${BUILD} -G Ninja
            -DBUILD_TESTING=OFF "${hide_bpftool}" ${ARGN}
        RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
    set(${result} ${status} PARENT_SCOPE)
    set(${output} "${text}" PARENT_SCOPE)
endfunction()

configure(status text)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "does not configure without bpftool:\n${text}")
endif()
if(NOT text MATCHES "disabled[^*]*\\* live capture")
    message(FATAL_ERROR "the summary does not say that live capture was left out:\n${text}")
endif()

configure(status text -DFUSEWIRE_BPF=ON)
if(status EQUAL 0)
    message(FATAL_ERROR "FUSEWIRE_BPF=ON configures although there is no bpftool")
endif()
if(NOT text MATCHES "FUSEWIRE_BPF is ON")
    message(FATAL_ERROR "the error does not name the option:\n${text}")
endif()
