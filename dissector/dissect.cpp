#include "dissector/record.h"
