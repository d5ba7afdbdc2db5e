#include "cli/command_line.h"
#include "cli/stop.h"

int main(int argc, char** argv) {
    fusewire::tame_write_signals();
    fusewire::CommandLine command_line;
    return command_line.run({argv + 1, argv + argc});
}
