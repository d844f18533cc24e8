#include <node_api.h>

/* sum(a, b): adds two numbers; anything else throws a TypeError. */
static napi_value Sum(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  double first, second;
  napi_value result;

  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok) return NULL;
  if (count < 2 ||
      napi_get_value_double(env, arguments[0], &first) != napi_ok ||
      napi_get_value_double(env, arguments[1], &second) != napi_ok) {
    napi_throw_type_error(env, NULL, "sum takes two numbers");
    return NULL;
  }
  return napi_create_double(env, first + second, &result) == napi_ok ? result : NULL;
}

NAPI_MODULE_INIT() {
  napi_value sum;
  if (napi_create_function(env, "sum", NAPI_AUTO_LENGTH, Sum, NULL, &sum) != napi_ok) return NULL;
  if (napi_set_named_property(env, exports, "sum", sum) != napi_ok) return NULL;
  return exports;
}
