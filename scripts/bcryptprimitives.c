// The only Windows library that Go programs need and wine 8 lacks. wine-test builds it
// and copies it into the prefix.
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) { return RtlGenRandom(data, size); }
