/* Kafka brokers in a process of their own: the mock cluster that librdkafka carries, told what to do over a Unix socket, one line for a command and one for
   its answer. Arguments: the library, the socket, the number of brokers. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define WORDS 40
#define LINE 4096

typedef void any;

static any *library;
static any *cluster;
static int brokers;

static any *find(const char *name) {
    any *found = dlsym(library, name);
    if (!found) {
        fprintf(stderr, "%s is not in the library\n", name);
        exit(3);
    }
    return found;
}

#define CALL(result, name, ...) ((result(*)(__VA_ARGS__))find(#name))

static int errors(char **words, int count) {
    int codes[WORDS];
    for (int i = 2; i < count; i++) codes[i - 2] = atoi(words[i]);
    CALL(void, rd_kafka_mock_push_request_errors_array, any *, short, size_t, const int *)(cluster, (short)atoi(words[1]), (size_t)(count - 2), codes);
    return 0;
}

/* An error of 0 with a time: the request is carried out and its answer waits. */
static int late(int request, int times, int milliseconds) {
    int result = 0;
    for (int broker = 1; broker <= brokers && !result; broker++) {
        for (int turn = 0; turn < times && !result; turn++)
            result = CALL(int, rd_kafka_mock_broker_push_request_error_rtts, any *, int, short, size_t, ...)(cluster, broker, (short)request, (size_t)1, 0, milliseconds);
    }
    return result;
}

/* -1000 for a command that is not one. */
static int obey(char **words, int count) {
    const char *verb = words[0];
    if (!strcmp(verb, "topic") && count == 4)
        return CALL(int, rd_kafka_mock_topic_create, any *, const char *, int, int)(cluster, words[1], atoi(words[2]), atoi(words[3]));
    if (!strcmp(verb, "delete") && count == 2) return CALL(int, rd_kafka_mock_topic_delete, any *, const char *)(cluster, words[1]);
    if (!strcmp(verb, "down") && count == 2) return CALL(int, rd_kafka_mock_broker_set_down, any *, int)(cluster, atoi(words[1]));
    if (!strcmp(verb, "up") && count == 2) return CALL(int, rd_kafka_mock_broker_set_up, any *, int)(cluster, atoi(words[1]));
    if (!strcmp(verb, "leader") && count == 4)
        return CALL(int, rd_kafka_mock_partition_set_leader, any *, const char *, int, int)(cluster, words[1], atoi(words[2]), atoi(words[3]));
    if (!strcmp(verb, "coordinator") && count == 3)
        return CALL(int, rd_kafka_mock_coordinator_set, any *, const char *, const char *, int)(cluster, "group", words[1], atoi(words[2]));
    if (!strcmp(verb, "delay") && count == 3) return CALL(int, rd_kafka_mock_broker_set_rtt, any *, int, int)(cluster, atoi(words[1]), atoi(words[2]));
    if (!strcmp(verb, "late") && count == 4) return late(atoi(words[1]), atoi(words[2]), atoi(words[3]));
    if (!strcmp(verb, "errors") && count > 2) return errors(words, count);
    return -1000;
}

static void answer(FILE *peer, char *line) {
    char *words[WORDS], *rest = NULL;
    int count = 0, result;
    for (char *word = strtok_r(line, " \n", &rest); word && count < WORDS; word = strtok_r(NULL, " \n", &rest)) words[count++] = word;
    if (count == 1 && !strcmp(words[0], "servers")) {
        fprintf(peer, "%s\n", CALL(const char *, rd_kafka_mock_cluster_bootstraps, const any *)(cluster));
    } else {
        result = count ? obey(words, count) : -1000;
        if (result) fprintf(peer, "failed %d\n", result);
        else fprintf(peer, "done\n");
    }
    fflush(peer);
}

static void serve(int listener) {
    char line[LINE];
    for (;;) {
        int one = accept(listener, NULL, NULL);
        FILE *in = one < 0 ? NULL : fdopen(one, "r"), *out = in ? fdopen(dup(one), "w") : NULL;
        if (!out) exit(5);
        while (fgets(line, sizeof line, in)) answer(out, line);
        fclose(in);
        fclose(out);
    }
}

int main(int count, char **arguments) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char fault[512] = "";
    any *client;
    int listener;
    if (count != 4 || strlen(arguments[2]) >= sizeof address.sun_path) return 2;
    library = dlopen(arguments[1], RTLD_NOW);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return 3;
    }
    client = CALL(any *, rd_kafka_new, int, any *, char *, size_t)(0, NULL, fault, sizeof fault);
    cluster = client ? CALL(any *, rd_kafka_mock_cluster_new, any *, int)(client, brokers = atoi(arguments[3])) : NULL;
    if (!cluster) {
        fprintf(stderr, "no cluster: %s\n", fault);
        return 4;
    }
    CALL(void, rd_kafka_mock_group_initial_rebalance_delay_ms, any *, int)(cluster, 50);
    strcpy(address.sun_path, arguments[2]);
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 8)) {
        perror("socket");
        return 5;
    }
    printf("ready\n");
    fflush(stdout);
    serve(listener);
}
