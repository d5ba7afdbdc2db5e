# lint: everything that looks at the sources without running them. lint-format: the fast part of it.
set(lint ${PROJECT_SOURCE_DIR}/scripts/lint)

add_custom_target(lint-format COMMAND ${lint} --format
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} USES_TERMINAL VERBATIM)
add_custom_target(lint COMMAND ${lint} --build ${PROJECT_BINARY_DIR}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} USES_TERMINAL VERBATIM)
