#include "cli/daemon_keys.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "limits/wording.h"

namespace cli {
namespace {

/// The setters of MultiLangDaemonConfiguration and of the beans in it, and what MultiLangDaemonConfig reads itself
/// (amazon-kinesis-client-multilang 3.1.3). tests/e2e/daemon_keys_test.py compares them with the daemon's jar.
constexpr std::array<std::string_view, 91> kKeys{"allowThroughputOvershoot",
                                                 "applicationName",
                                                 "awsCredentialsProvider",
                                                 "awsCredentialsProviderCloudWatch",
                                                 "awsCredentialsProviderDynamoDB",
                                                 "callProcessRecordsEvenForEmptyRecordList",
                                                 "cleanupLeasesUponShardCompletion",
                                                 "clientVersionConfig",
                                                 "coordinatorStateBillingMode",
                                                 "coordinatorStateDeletionProtectionEnabled",
                                                 "coordinatorStatePointInTimeRecoveryEnabled",
                                                 "coordinatorStateReadCapacity",
                                                 "coordinatorStateTableName",
                                                 "coordinatorStateTags",
                                                 "coordinatorStateWriteCapacity",
                                                 "dampeningPercentage",
                                                 "disableWorkerMetrics",
                                                 "dynamoDBEndpoint",
                                                 "enablePriorityLeaseAssignment",
                                                 "executableName",
                                                 "failoverTimeMillis",
                                                 "fanoutConfig.consumerArn",
                                                 "fanoutConfig.consumerName",
                                                 "fanoutConfig.maxDescribeStreamConsumerRetries",
                                                 "fanoutConfig.maxDescribeStreamSummaryRetries",
                                                 "fanoutConfig.registerStreamConsumerRetries",
                                                 "fanoutConfig.retryBackoffMillis",
                                                 "gracefulLeaseHandoffTimeoutMillis",
                                                 "idleTimeBetweenReadsInMillis",
                                                 "ignoreUnexpectedChildShards",
                                                 "inMemoryWorkerMetricsCaptureFrequencyMillis",
                                                 "initialLeaseTableReadCapacity",
                                                 "initialLeaseTableWriteCapacity",
                                                 "initialPositionInStream",
                                                 "initialPositionInStreamExtended",
                                                 "isGracefulLeaseHandoffEnabled",
                                                 "kinesisEndpoint",
                                                 "leaseAssignmentIntervalMillis",
                                                 "leaseTableDeletionProtectionEnabled",
                                                 "leaseTablePitrEnabled",
                                                 "listShardsBackoffTimeInMillis",
                                                 "logWarningForTaskAfterMillis",
                                                 "maxActiveThreads",
                                                 "maxGetRecordsThreadPool",
                                                 "maxLeaseRenewalThreads",
                                                 "maxLeasesForWorker",
                                                 "maxLeasesToStealAtOneTime",
                                                 "maxListShardsRetryAttempts",
                                                 "maxRecords",
                                                 "maxThroughputPerHostKBps",
                                                 "metricsBufferTimeMillis",
                                                 "metricsEnabledDimensions",
                                                 "metricsLevel",
                                                 "metricsMaxQueueSize",
                                                 "millisBehindLatestThresholdForReducedTps",
                                                 "noOfPersistedMetricsPerWorkerMetrics",
                                                 "parentShardPollIntervalMillis",
                                                 "pollingConfig.idleTimeBetweenReadsInMillis",
                                                 "pollingConfig.maxGetRecordsThreadPool",
                                                 "pollingConfig.maxRecords",
                                                 "pollingConfig.millisBehindLatestThresholdForReducedTps",
                                                 "pollingConfig.retryGetRecordsInSeconds",
                                                 "processingLanguage",
                                                 "reBalanceThresholdPercentage",
                                                 "regionName",
                                                 "retrievalMode",
                                                 "retryGetRecordsInSeconds",
                                                 "schedulerInitializationBackoffTimeMillis",
                                                 "shardPrioritization",
                                                 "shardSyncIntervalMillis",
                                                 "shutdownGraceMillis",
                                                 "skipShardSyncAtWorkerInitializationIfLeasesExist",
                                                 "staleWorkerMetricsEntryCleanupDuration",
                                                 "streamArn",
                                                 "streamName",
                                                 "tableName",
                                                 "taskBackoffTimeMillis",
                                                 "timeoutInSeconds",
                                                 "validateSequenceNumberBeforeCheckpointing",
                                                 "varianceBalancingFrequency",
                                                 "workerId",
                                                 "workerIdentifier",
                                                 "workerMetricsBillingMode",
                                                 "workerMetricsDeletionProtectionEnabled",
                                                 "workerMetricsEMAAlpha",
                                                 "workerMetricsPointInTimeRecoveryEnabled",
                                                 "workerMetricsReadCapacity",
                                                 "workerMetricsReporterFreqInMillis",
                                                 "workerMetricsTableName",
                                                 "workerMetricsTags",
                                                 "workerMetricsWriteCapacity"};

/// Builders of the AWS SDK: what follows the dot is a setter of theirs.
constexpr std::array<std::string_view, 6> kBuilders{"kinesisClient.",
                                                    "dynamoDbClient.",
                                                    "cloudWatchClient.",
                                                    "kinesisCredentialsProvider.",
                                                    "dynamoDBCredentialsProvider.",
                                                    "cloudWatchCredentialsProvider."};

/// The daemon takes this word in any case (KinesisClientLibConfigurator.processKey).
constexpr std::string_view kCredentials = "awsCredentialsProvider";

bool same_letter(char a, char b) {
  return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
}

}  // namespace

std::span<const std::string_view> daemon_keys() {
  return kKeys;
}

std::string daemon_key(std::string_view written) {
  if (!std::ranges::equal(written.substr(0, kCredentials.size()), kCredentials, same_letter))
    return std::string(written);
  return std::string(kCredentials) + std::string(written.substr(kCredentials.size()));
}

bool is_daemon_key(std::string_view written) {
  const std::string key = daemon_key(written);
  return std::ranges::binary_search(kKeys, key) ||
         std::ranges::any_of(kBuilders, [&](std::string_view builder) { return key.starts_with(builder); });
}

std::optional<std::string_view> nearest_daemon_key(std::string_view written) {
  const auto same =
      std::ranges::find_if(kKeys, [&](std::string_view key) { return std::ranges::equal(key, written, same_letter); });
  return same != kKeys.end() ? std::optional(*same) : limits::nearest_word(written, kKeys);
}

}  // namespace cli
