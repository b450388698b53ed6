// The one library of Windows that programs in Go need and that wine 8 does not
// have. Built and laid into the prefix by wine-test.
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) { return RtlGenRandom(data, size); }
