#include "dissector/statx_view.h"
