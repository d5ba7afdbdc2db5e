#include "capture/pseudo_header.h"
