// Stands in for libpq at link time and loads it when PostgreSQL is first asked for.
//
// Rationale: libpq brings some 25 libraries with it, which take longer to load than a run on SQLite
// with nothing to do takes in all.

#include <cstdio>

#include <dlfcn.h>
#include <fmt/format.h>
#include <libpq-fe.h>

#include "error.hpp"

namespace {

using seedbed::host::Error;
using seedbed::host::ExitCode;

void* load() {
  constexpr const char* kLibrary = "libpq.so.5";
  if (void* library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL)) return library;
  const char* why = dlerror();
  throw Error(ExitCode::failed, fmt::format("could not load {}, PostgreSQL's client library", kLibrary))
      .detail(why == nullptr ? "" : why)
      .hint("Debian, Ubuntu: apt-get install libpq5");
}

template <class Function>
Function find(const char* name) {
  static void* const library = load();
  if (void* found = dlsym(library, name)) return reinterpret_cast<Function>(found);
  throw Error(ExitCode::failed, fmt::format("this system's libpq is too old: it has no function {}", name));
}

}  // namespace

// What libpqxx and seedbed call: whatever else they come to call is an undefined reference to the linker.
#define LIBPQ(Result, name, parameters, arguments)               \
  extern "C" Result name parameters {                            \
    static const auto function = find<decltype(&name)>(#name);   \
    return function arguments;                                   \
  }

LIBPQ(int, PQbackendPID, (const PGconn* a), (a))
LIBPQ(int, PQcancel, (PGcancel* a, char* b, int c), (a, b, c))
LIBPQ(void, PQclear, (PGresult* a), (a))
LIBPQ(int, PQclientEncoding, (const PGconn* a), (a))
LIBPQ(char*, PQcmdStatus, (PGresult* a), (a))
LIBPQ(char*, PQcmdTuples, (PGresult* a), (a))
LIBPQ(PostgresPollingStatusType, PQconnectPoll, (PGconn* a), (a))
LIBPQ(PGconn*, PQconnectStart, (const char* a), (a))
LIBPQ(PGconn*, PQconnectStartParams, (const char* const* a, const char* const* b, int c), (a, b, c))
LIBPQ(PGconn*, PQconnectdb, (const char* a), (a))
LIBPQ(PGconn*, PQconnectdbParams, (const char* const* a, const char* const* b, int c), (a, b, c))
LIBPQ(PQconninfoOption*, PQconninfo, (PGconn* a), (a))
LIBPQ(void, PQconninfoFree, (PQconninfoOption* a), (a))
LIBPQ(PQconninfoOption*, PQconninfoParse, (const char* a, char** b), (a, b))
LIBPQ(int, PQconsumeInput, (PGconn* a), (a))
LIBPQ(char*, PQdb, (const PGconn* a), (a))
LIBPQ(char*, PQencryptPassword, (const char* a, const char* b), (a, b))
LIBPQ(char*, PQencryptPasswordConn, (PGconn* a, const char* b, const char* c, const char* d), (a, b, c, d))
LIBPQ(int, PQendcopy, (PGconn* a), (a))
LIBPQ(int, PQenterPipelineMode, (PGconn* a), (a))
LIBPQ(char*, PQerrorMessage, (const PGconn* a), (a))
LIBPQ(unsigned char*, PQescapeByteaConn, (PGconn* a, const unsigned char* b, size_t c, size_t* d), (a, b, c, d))
LIBPQ(char*, PQescapeIdentifier, (PGconn* a, const char* b, size_t c), (a, b, c))
LIBPQ(char*, PQescapeLiteral, (PGconn* a, const char* b, size_t c), (a, b, c))
LIBPQ(size_t, PQescapeStringConn, (PGconn* a, char* b, const char* c, size_t d, int* e), (a, b, c, d, e))
LIBPQ(PGresult*, PQexec, (PGconn* a, const char* b), (a, b))
LIBPQ(PGresult*, PQexecParams, (PGconn* a, const char* b, int c, const Oid* d, const char* const* e, const int* f, const int* g, int h), (a, b, c, d, e, f, g, h))
LIBPQ(PGresult*, PQexecPrepared, (PGconn* a, const char* b, int c, const char* const* d, const int* e, const int* f, int g), (a, b, c, d, e, f, g))
LIBPQ(int, PQexitPipelineMode, (PGconn* a), (a))
LIBPQ(void, PQfinish, (PGconn* a), (a))
LIBPQ(int, PQflush, (PGconn* a), (a))
LIBPQ(int, PQfmod, (const PGresult* a, int b), (a, b))
LIBPQ(char*, PQfname, (const PGresult* a, int b), (a, b))
LIBPQ(int, PQfnumber, (const PGresult* a, const char* b), (a, b))
LIBPQ(void, PQfreeCancel, (PGcancel* a), (a))
LIBPQ(void, PQfreemem, (void* a), (a))
LIBPQ(int, PQfsize, (const PGresult* a, int b), (a, b))
LIBPQ(Oid, PQftable, (const PGresult* a, int b), (a, b))
LIBPQ(int, PQftablecol, (const PGresult* a, int b), (a, b))
LIBPQ(Oid, PQftype, (const PGresult* a, int b), (a, b))
LIBPQ(PGcancel*, PQgetCancel, (PGconn* a), (a))
LIBPQ(int, PQgetCopyData, (PGconn* a, char** b, int c), (a, b, c))
LIBPQ(PGresult*, PQgetResult, (PGconn* a), (a))
LIBPQ(int, PQgetisnull, (const PGresult* a, int b, int c), (a, b, c))
LIBPQ(int, PQgetlength, (const PGresult* a, int b, int c), (a, b, c))
LIBPQ(char*, PQgetvalue, (const PGresult* a, int b, int c), (a, b, c))
LIBPQ(char*, PQhost, (const PGconn* a), (a))
LIBPQ(void, PQinitOpenSSL, (int a, int b), (a, b))
LIBPQ(int, PQisBusy, (PGconn* a), (a))
LIBPQ(int, PQisnonblocking, (const PGconn* a), (a))
LIBPQ(int, PQisthreadsafe, (), ())
LIBPQ(int, PQnfields, (const PGresult* a), (a))
LIBPQ(PGnotify*, PQnotifies, (PGconn* a), (a))
LIBPQ(int, PQntuples, (const PGresult* a), (a))
LIBPQ(Oid, PQoidValue, (const PGresult* a), (a))
LIBPQ(const char*, PQparameterStatus, (const PGconn* a, const char* b), (a, b))
LIBPQ(int, PQpipelineSync, (PGconn* a), (a))
LIBPQ(char*, PQport, (const PGconn* a), (a))
LIBPQ(PGresult*, PQprepare, (PGconn* a, const char* b, const char* c, int d, const Oid* e), (a, b, c, d, e))
LIBPQ(int, PQprotocolVersion, (const PGconn* a), (a))
LIBPQ(int, PQputCopyData, (PGconn* a, const char* b, int c), (a, b, c))
LIBPQ(int, PQputCopyEnd, (PGconn* a, const char* b), (a, b))
LIBPQ(void, PQreset, (PGconn* a), (a))
LIBPQ(char*, PQresultErrorField, (const PGresult* a, int b), (a, b))
LIBPQ(char*, PQresultErrorMessage, (const PGresult* a), (a))
LIBPQ(ExecStatusType, PQresultStatus, (const PGresult* a), (a))
LIBPQ(int, PQsendPrepare, (PGconn* a, const char* b, const char* c, int d, const Oid* e), (a, b, c, d, e))
LIBPQ(int, PQsendQuery, (PGconn* a, const char* b), (a, b))
LIBPQ(int, PQsendQueryParams, (PGconn* a, const char* b, int c, const Oid* d, const char* const* e, const int* f, const int* g, int h), (a, b, c, d, e, f, g, h))
LIBPQ(int, PQsendQueryPrepared, (PGconn* a, const char* b, int c, const char* const* d, const int* e, const int* f, int g), (a, b, c, d, e, f, g))
LIBPQ(int, PQserverVersion, (const PGconn* a), (a))
LIBPQ(int, PQsetClientEncoding, (PGconn* a, const char* b), (a, b))
LIBPQ(PGVerbosity, PQsetErrorVerbosity, (PGconn* a, PGVerbosity b), (a, b))
LIBPQ(PQnoticeProcessor, PQsetNoticeProcessor, (PGconn* a, PQnoticeProcessor b, void* c), (a, b, c))
LIBPQ(PQnoticeReceiver, PQsetNoticeReceiver, (PGconn* a, PQnoticeReceiver b, void* c), (a, b, c))
LIBPQ(int, PQsetSingleRowMode, (PGconn* a), (a))
LIBPQ(int, PQsetnonblocking, (PGconn* a, int b), (a, b))
LIBPQ(int, PQsocket, (const PGconn* a), (a))
LIBPQ(const char*, PQsslAttribute, (PGconn* a, const char* b), (a, b))
LIBPQ(ConnStatusType, PQstatus, (const PGconn* a), (a))
LIBPQ(void, PQtrace, (PGconn* a, FILE* b), (a, b))
LIBPQ(PGTransactionStatusType, PQtransactionStatus, (const PGconn* a), (a))
LIBPQ(unsigned char*, PQunescapeBytea, (const unsigned char* a, size_t* b), (a, b))
LIBPQ(void, PQuntrace, (PGconn* a), (a))
LIBPQ(char*, PQuser, (const PGconn* a), (a))
LIBPQ(int, lo_close, (PGconn* a, int b), (a, b))
LIBPQ(Oid, lo_creat, (PGconn* a, int b), (a, b))
LIBPQ(Oid, lo_create, (PGconn* a, Oid b), (a, b))
LIBPQ(int, lo_export, (PGconn* a, Oid b, const char* c), (a, b, c))
LIBPQ(Oid, lo_import, (PGconn* a, const char* b), (a, b))
LIBPQ(Oid, lo_import_with_oid, (PGconn* a, const char* b, Oid c), (a, b, c))
LIBPQ(int, lo_lseek, (PGconn* a, int b, int c, int d), (a, b, c, d))
LIBPQ(pg_int64, lo_lseek64, (PGconn* a, int b, pg_int64 c, int d), (a, b, c, d))
LIBPQ(int, lo_open, (PGconn* a, Oid b, int c), (a, b, c))
LIBPQ(int, lo_read, (PGconn* a, int b, char* c, size_t d), (a, b, c, d))
LIBPQ(int, lo_tell, (PGconn* a, int b), (a, b))
LIBPQ(pg_int64, lo_tell64, (PGconn* a, int b), (a, b))
LIBPQ(int, lo_truncate64, (PGconn* a, int b, pg_int64 c), (a, b, c))
LIBPQ(int, lo_unlink, (PGconn* a, Oid b), (a, b))
LIBPQ(int, lo_write, (PGconn* a, int b, const char* c, size_t d), (a, b, c, d))
LIBPQ(const char*, pg_encoding_to_char, (int a), (a))
