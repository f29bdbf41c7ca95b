namespace Spate.Protocol.Errors;

/// <summary>
/// The protocol's error codes. A value from outside need not be one of these; it survives a round trip as it is.
/// What is known of each stands in <see cref="ErrorCatalog"/>.
/// </summary>
public enum ErrorCode : short
{
    /// <summary>The server met something that it has no code for; its log says what.</summary>
    UnknownServerError = -1,

    /// <summary>Everything went well.</summary>
    None = 0,

    /// <summary>The offset asked for lies outside the partition's log.</summary>
    OffsetOutOfRange = 1,

    /// <summary>The record batch is damaged: its checksum, size or layout is wrong.</summary>
    CorruptMessage = 2,

    /// <summary>This broker knows no such topic or partition, or does not host it.</summary>
    UnknownTopicOrPartition = 3,

    /// <summary>The number of bytes asked for makes no sense.</summary>
    InvalidFetchSize = 4,

    /// <summary>The partition has no leader at the moment.</summary>
    LeaderNotAvailable = 5,

    /// <summary>This broker neither leads the partition nor follows it, so the request belongs elsewhere.</summary>
    NotLeaderOrFollower = 6,

    /// <summary>The request was not finished in the time it had.</summary>
    RequestTimedOut = 7,

    /// <summary>The broker cannot be reached.</summary>
    BrokerNotAvailable = 8,

    /// <summary>The replica is not there to be read from.</summary>
    ReplicaNotAvailable = 9,

    /// <summary>The batch is larger than the topic allows.</summary>
    MessageTooLarge = 10,

    /// <summary>The controller's epoch has been superseded.</summary>
    StaleControllerEpoch = 11,

    /// <summary>The text that goes with a committed offset is too long.</summary>
    OffsetMetadataTooLarge = 12,

    /// <summary>The connection broke before the answer came.</summary>
    NetworkException = 13,

    /// <summary>The coordinator is still loading what it has to know.</summary>
    CoordinatorLoadInProgress = 14,

    /// <summary>The coordinator cannot answer at present.</summary>
    CoordinatorNotAvailable = 15,

    /// <summary>This broker does not coordinate the group or transactional id.</summary>
    NotCoordinator = 16,

    /// <summary>The topic's name is not a legal one, or the topic may not be used this way.</summary>
    InvalidTopic = 17,

    /// <summary>The batch is larger than a segment of the log.</summary>
    RecordListTooLarge = 18,

    /// <summary>Fewer replicas are in sync than the topic demands, so nothing was written.</summary>
    NotEnoughReplicas = 19,

    /// <summary>The batch was written, but too few replicas were in sync by then.</summary>
    NotEnoughReplicasAfterAppend = 20,

    /// <summary>Acks must be -1, 0 or 1.</summary>
    InvalidRequiredAcks = 21,

    /// <summary>The group has moved on to another generation.</summary>
    IllegalGeneration = 22,

    /// <summary>The member offers no protocol that the whole group supports.</summary>
    InconsistentGroupProtocol = 23,

    /// <summary>The group id is not a legal one.</summary>
    InvalidGroupId = 24,

    /// <summary>The group has no such member.</summary>
    UnknownMemberId = 25,

    /// <summary>The session timeout lies outside what the broker allows.</summary>
    InvalidSessionTimeout = 26,

    /// <summary>The group is rebalancing; the member has to join again.</summary>
    RebalanceInProgress = 27,

    /// <summary>The committed offsets make a batch that is too large.</summary>
    InvalidCommitOffsetSize = 28,

    /// <summary>The user may not do this to the topic.</summary>
    TopicAuthorizationFailed = 29,

    /// <summary>The user may not do this to the group.</summary>
    GroupAuthorizationFailed = 30,

    /// <summary>The user may not do this to the cluster.</summary>
    ClusterAuthorizationFailed = 31,

    /// <summary>The record's timestamp lies outside what the topic accepts.</summary>
    InvalidTimestamp = 32,

    /// <summary>The broker does not offer this SASL mechanism.</summary>
    UnsupportedSaslMechanism = 33,

    /// <summary>The request does not fit the state that authentication is in.</summary>
    IllegalSaslState = 34,

    /// <summary>The broker does not support this version of the API.</summary>
    UnsupportedVersion = 35,

    /// <summary>There is a topic of this name already.</summary>
    TopicAlreadyExists = 36,

    /// <summary>The number of partitions makes no sense.</summary>
    InvalidPartitions = 37,

    /// <summary>The replication factor is below one or above the number of brokers.</summary>
    InvalidReplicationFactor = 38,

    /// <summary>The assignment of replicas does not hold together.</summary>
    InvalidReplicaAssignment = 39,

    /// <summary>A setting has a value that is not allowed.</summary>
    InvalidConfig = 40,

    /// <summary>This node is not the active controller.</summary>
    NotController = 41,

    /// <summary>The request contradicts itself, or something it needs is missing.</summary>
    InvalidRequest = 42,

    /// <summary>The log's message format does not support the request.</summary>
    UnsupportedForMessageFormat = 43,

    /// <summary>A policy of the cluster forbids it.</summary>
    PolicyViolation = 44,

    /// <summary>The producer's sequence number leaves a gap.</summary>
    OutOfOrderSequenceNumber = 45,

    /// <summary>The producer's batch has been written before.</summary>
    DuplicateSequenceNumber = 46,

    /// <summary>The producer's epoch is older than the one the broker knows.</summary>
    InvalidProducerEpoch = 47,

    /// <summary>The transaction is not in a state in which this can be done.</summary>
    InvalidTxnState = 48,

    /// <summary>The transactional id belongs to another producer id.</summary>
    InvalidProducerIdMapping = 49,

    /// <summary>The transaction timeout is longer than the broker allows.</summary>
    InvalidTransactionTimeout = 50,

    /// <summary>Another change to the transaction is still under way.</summary>
    ConcurrentTransactions = 51,

    /// <summary>The transaction coordinator that sent the marker has been replaced.</summary>
    TransactionCoordinatorFenced = 52,

    /// <summary>The user may not use the transactional id.</summary>
    TransactionalIdAuthorizationFailed = 53,

    /// <summary>No security is configured, so there is nothing to change.</summary>
    SecurityDisabled = 54,

    /// <summary>The operation was left out because another in the same request failed.</summary>
    OperationNotAttempted = 55,

    /// <summary>The disk failed under the log.</summary>
    KafkaStorageError = 56,

    /// <summary>The broker has no such log directory.</summary>
    LogDirNotFound = 57,

    /// <summary>Authentication failed.</summary>
    SaslAuthenticationFailed = 58,

    /// <summary>The broker has no state of this producer any more.</summary>
    UnknownProducerId = 59,

    /// <summary>Replicas of the partition are being moved already.</summary>
    ReassignmentInProgress = 60,

    /// <summary>Delegation tokens are not enabled.</summary>
    DelegationTokenAuthDisabled = 61,

    /// <summary>There is no such delegation token.</summary>
    DelegationTokenNotFound = 62,

    /// <summary>The delegation token belongs to someone else.</summary>
    DelegationTokenOwnerMismatch = 63,

    /// <summary>Delegation tokens cannot be asked for over this connection.</summary>
    DelegationTokenRequestNotAllowed = 64,

    /// <summary>The user may not do this to the delegation token.</summary>
    DelegationTokenAuthorizationFailed = 65,

    /// <summary>The delegation token has run out.</summary>
    DelegationTokenExpired = 66,

    /// <summary>This kind of principal is not supported.</summary>
    InvalidPrincipalType = 67,

    /// <summary>The group still has members.</summary>
    NonEmptyGroup = 68,

    /// <summary>There is no such group.</summary>
    GroupIdNotFound = 69,

    /// <summary>The broker does not know the fetch session.</summary>
    FetchSessionIdNotFound = 70,

    /// <summary>The epoch of the fetch session is not the one that comes next.</summary>
    InvalidFetchSessionEpoch = 71,

    /// <summary>The broker has no listener of this name.</summary>
    ListenerNotFound = 72,

    /// <summary>Deleting topics is switched off.</summary>
    TopicDeletionDisabled = 73,

    /// <summary>The leader epoch in the request is older than the broker's.</summary>
    FencedLeaderEpoch = 74,

    /// <summary>The leader epoch in the request is newer than the broker's.</summary>
    UnknownLeaderEpoch = 75,

    /// <summary>The compression of the batch cannot be used here.</summary>
    UnsupportedCompressionType = 76,

    /// <summary>The broker's epoch has been superseded by a new registration.</summary>
    StaleBrokerEpoch = 77,

    /// <summary>The leader does not know its high watermark yet.</summary>
    OffsetNotAvailable = 78,

    /// <summary>The member has to join again with the id that it was given.</summary>
    MemberIdRequired = 79,

    /// <summary>The preferred replica is not available.</summary>
    PreferredLeaderNotAvailable = 80,

    /// <summary>The group has as many members as it may have.</summary>
    GroupMaxSizeReached = 81,

    /// <summary>Another member with the same instance id has taken its place.</summary>
    FencedInstanceId = 82,

    /// <summary>No replica that may lead is available.</summary>
    EligibleLeadersNotAvailable = 83,

    /// <summary>The partition has the leader it should have.</summary>
    ElectionNotNeeded = 84,

    /// <summary>No replicas of the partition are being moved.</summary>
    NoReassignmentInProgress = 85,

    /// <summary>The group still reads the topic.</summary>
    GroupSubscribedToTopic = 86,

    /// <summary>The record does not meet what the topic demands.</summary>
    InvalidRecord = 87,

    /// <summary>Offsets of a transaction that has not ended stand in the way.</summary>
    UnstableOffsetCommit = 88,

    /// <summary>The quota is exceeded.</summary>
    ThrottlingQuotaExceeded = 89,

    /// <summary>A newer producer with the same transactional id has taken over.</summary>
    ProducerFenced = 90,

    /// <summary>There is no such resource.</summary>
    ResourceNotFound = 91,

    /// <summary>The resource exists already.</summary>
    DuplicateResource = 92,

    /// <summary>The credential does not meet the rules.</summary>
    UnacceptableCredential = 93,

    /// <summary>The sender has another idea of who votes than the receiver.</summary>
    InconsistentVoterSet = 94,

    /// <summary>The feature cannot be set to this level.</summary>
    InvalidUpdateVersion = 95,

    /// <summary>The feature level could not be changed.</summary>
    FeatureUpdateFailed = 96,

    /// <summary>The identity in a forwarded request cannot be read.</summary>
    PrincipalDeserializationFailure = 97,

    /// <summary>There is no such snapshot.</summary>
    SnapshotNotFound = 98,

    /// <summary>The position lies outside the snapshot.</summary>
    PositionOutOfRange = 99,

    /// <summary>There is no topic with this id.</summary>
    UnknownTopicId = 100,

    /// <summary>The broker's id is registered to another process.</summary>
    DuplicateBrokerRegistration = 101,

    /// <summary>The broker is not registered.</summary>
    BrokerIdNotRegistered = 102,

    /// <summary>The topic's id is not the one in the log.</summary>
    InconsistentTopicId = 103,

    /// <summary>The request names another cluster.</summary>
    InconsistentClusterId = 104,

    /// <summary>There is no such transactional id.</summary>
    TransactionalIdNotFound = 105,

    /// <summary>The fetch session mixes requests with topic ids and without.</summary>
    FetchSessionTopicIdError = 106,

    /// <summary>The replica may not join the in-sync set now.</summary>
    IneligibleReplica = 107,

    /// <summary>A leader was elected while the request was under way.</summary>
    NewLeaderElected = 108,

    /// <summary>The offset lies in remote storage.</summary>
    OffsetMovedToTieredStorage = 109,

    /// <summary>The member's epoch is not the one the group has; it must start anew.</summary>
    FencedMemberEpoch = 110,

    /// <summary>The instance id still belongs to another member.</summary>
    UnreleasedInstanceId = 111,

    /// <summary>The assignor is not supported by the group.</summary>
    UnsupportedAssignor = 112,

    /// <summary>The member's epoch is behind; it should come again with the newer one.</summary>
    StaleMemberEpoch = 113,

    /// <summary>The request came to a broker but was meant for a controller, or the other way about.</summary>
    MismatchedEndpointType = 114,

    /// <summary>This kind of endpoint is not supported.</summary>
    UnsupportedEndpointType = 115,

    /// <summary>The controller is not registered.</summary>
    UnknownControllerId = 116,

    /// <summary>The telemetry subscription is not the one the broker gave.</summary>
    UnknownSubscriptionId = 117,

    /// <summary>The telemetry is larger than the broker accepts.</summary>
    TelemetryTooLarge = 118,

    /// <summary>The registration contradicts itself or the cluster.</summary>
    InvalidRegistration = 119,

    /// <summary>The transaction has to be aborted; the producer may go on afterwards.</summary>
    TransactionAbortable = 120,

    /// <summary>The record is not in a state in which it can be acknowledged this way.</summary>
    InvalidRecordState = 121,

    /// <summary>There is no such share session.</summary>
    ShareSessionNotFound = 122,

    /// <summary>The epoch of the share session is not the one that comes next.</summary>
    InvalidShareSessionEpoch = 123,

    /// <summary>The share partition's state has moved on to another epoch.</summary>
    FencedStateEpoch = 124,

    /// <summary>The voter's id or directory is not the one expected.</summary>
    InvalidVoterKey = 125,

    /// <summary>The voter belongs to the quorum already.</summary>
    DuplicateVoter = 126,

    /// <summary>The quorum has no such voter.</summary>
    VoterNotFound = 127,

    /// <summary>The regular expression cannot be read.</summary>
    InvalidRegularExpression = 128,

    /// <summary>The client should find the cluster anew from its bootstrap addresses.</summary>
    RebootstrapRequired = 129,

    /// <summary>The streams topology contradicts itself or the topics.</summary>
    StreamsInvalidTopology = 130,

    /// <summary>The epoch of the streams topology makes no sense.</summary>
    StreamsInvalidTopologyEpoch = 131,

    /// <summary>The member's streams topology is older than the group's.</summary>
    StreamsTopologyFenced = 132,

    /// <summary>The broker holds as many share sessions as it may.</summary>
    ShareSessionLimitReached = 133,
}
