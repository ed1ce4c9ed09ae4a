#include "embedded.h"

static const unsigned char x86_64[] = {
#embed "../Lab/Programs/init-x86_64"
};
static const unsigned char arm64[] = {
#embed "../Lab/Programs/init-aarch64"
};

struct embedded_program embedded_init_x86_64(void) {
  return (struct embedded_program){x86_64, sizeof(x86_64)};
}

struct embedded_program embedded_init_arm64(void) {
  return (struct embedded_program){arm64, sizeof(arm64)};
}
