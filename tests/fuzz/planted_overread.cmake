# The corpus has to be worth replaying: a dissector whose cursor lets reads run 8 bytes too far must
# be caught by it. The bug is planted into a copy of dissector/bytes.h that shadows the real one, so
# that the product knows nothing of this.
if(NOT FUSEWIRE_SANITIZE MATCHES "address")
    return()
endif()

set(sound_header ${PROJECT_SOURCE_DIR}/dissector/bytes.h)
set(planted_header ${CMAKE_CURRENT_BINARY_DIR}/planted/dissector/bytes.h)
set(sound "width <= bytes_.size() - offset")
set(planted "width <= bytes_.size() + 8 - offset")

set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${sound_header})
file(READ ${sound_header} text)
string(FIND "${text}" "${sound}" place)
if(place EQUAL -1)
    message(FATAL_ERROR "dissector/bytes.h no longer says '${sound}': plant the overread elsewhere")
endif()
string(REPLACE "${sound}" "${planted}" text "${text}")
file(CONFIGURE OUTPUT ${planted_header} CONTENT "${text}" @ONLY)

get_target_property(sources dissector SOURCES)
get_target_property(source_dir dissector SOURCE_DIR)
get_target_property(libraries dissector LINK_LIBRARIES)
list(TRANSFORM sources PREPEND ${source_dir}/)
add_executable(replay_dissect_overread
    fuzz_dissect.cpp replay_main.cpp check_message.cpp message_input.cpp ${sources})
target_include_directories(replay_dissect_overread BEFORE PRIVATE
    ${CMAKE_CURRENT_BINARY_DIR}/planted ${PROJECT_SOURCE_DIR})
target_link_libraries(replay_dissect_overread PRIVATE ${libraries})

add_test(NAME fuzz.dissect.CorpusFindsAPlantedOverread
    COMMAND replay_dissect_overread ${CMAKE_CURRENT_SOURCE_DIR}/corpus/dissect)
set_tests_properties(fuzz.dissect.CorpusFindsAPlantedOverread PROPERTIES
    PASS_REGULAR_EXPRESSION "ERROR: AddressSanitizer: heap-buffer-overflow")
