// A host in C. usage: host ORDER ROUNDS PLUGIN...
//   lifo, fifo: loads the plug-ins, trains in each and unloads them, the last or the first one first; again and again
//   thread:     the same, with training in a thread of the host's that outlives the plug-ins
//   exit:       ends with the plug-ins loaded and a thread that trains
#define _GNU_SOURCE
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { kMost = 8, kWarm = 5 };

static void fail(const char* what, const char* detail) {
  fprintf(stderr, "host: %s: %s\n", what, detail);
  exit(1);
}

typedef double (*Train)(int);

static void* load(const char* path, Train* train) {
  void* plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (plugin == NULL) fail("dlopen", dlerror());
  *(void**)train = dlsym(plugin, "plugin_train");
  int (*error)(void);
  *(void**)&error = dlsym(plugin, "plugin_error");
  if (*train == NULL || error == NULL) fail("dlsym", dlerror());
  if (error() != 1) fail(path, "an error is not caught as what it is");
  return plugin;
}

static void unload(void* plugin, const char* path) {
  if (dlclose(plugin) != 0) fail("dlclose", dlerror());
  if (dlopen(path, RTLD_NOW | RTLD_NOLOAD) != NULL) fail(path, "is still loaded");
}

static double check(double loss) {
  static double first;
  if (first == 0) first = loss;
  if (!(loss > 0) || loss != first) fail("training", "another loss than at first");
  return loss;
}

// A thread of the host's.
static sem_t asked, answered;
static Train job;
static void* serve(void* forever) {
  for (;;) {
    sem_wait(&asked);
    if (job == NULL) return NULL;
    do {
      check(job(3));
    } while (forever != NULL);
    sem_post(&answered);
  }
}
static void ask(Train train) {
  job = train;
  sem_post(&asked);
  if (train != NULL) sem_wait(&answered);
}

static void rounds(const char* order, int n, char** paths, int plugins) {
  const int in_thread = strcmp(order, "thread") == 0;
  pthread_t thread;
  if (in_thread) pthread_create(&thread, NULL, serve, NULL);
  size_t before = 0;
  for (int round = 0; round < n; ++round) {
    void* handles[kMost];
    for (int i = 0; i < plugins; ++i) {
      Train train;
      handles[i] = load(paths[i], &train);
      in_thread ? ask(train) : (void)check(train(3));
    }
    for (int i = 0; i < plugins; ++i) {
      const int k = strcmp(order, "fifo") == 0 ? i : plugins - 1 - i;
      unload(handles[k], paths[k]);
    }
    // What the loader and the C++ library keep for themselves is there after the first rounds.
    const size_t now = mallinfo2().uordblks + mallinfo2().hblkhd;
    if (round == kWarm) before = now;
    if (round > kWarm && now > before + 1024) {
      char text[100];
      snprintf(text, sizeof text, "%zu bytes more in round %d than in round %d", now - before, round, kWarm);
      fail("memory is not given back", text);
    }
  }
  if (in_thread) {
    ask(NULL);
    pthread_join(thread, NULL);
  }
}

int main(int argc, char** argv) {
  if (argc < 4 || argc - 3 > kMost) fail("usage", "host ORDER ROUNDS PLUGIN...");
  mallopt(M_ARENA_MAX, 1);  // the one that mallinfo2 sees
  sem_init(&asked, 0, 0);
  sem_init(&answered, 0, 0);
  if (strcmp(argv[1], "exit") != 0) {
    rounds(argv[1], atoi(argv[2]), argv + 3, argc - 3);
    return 0;
  }
  for (int i = 3; i < argc; ++i) {
    Train train;
    load(argv[i], &train);
    check(train(3));
    pthread_t thread;
    pthread_create(&thread, NULL, serve, argv);
    job = train;
    sem_post(&asked);
  }
  return 0;
}
