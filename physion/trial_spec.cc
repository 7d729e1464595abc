#include "physion/trial_spec.h"
