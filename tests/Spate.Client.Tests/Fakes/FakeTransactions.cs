using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Fakes;

/// <summary>
/// The coordinator of one transactional id, and of the group whose offsets go along: says yes to everything, and keeps what it was asked. Errors that the test queues up for an API are answered first, one each.
/// </summary>
internal sealed class FakeTransactions(short level)
{
    private const long ProducerId = 7;

    private readonly Lock _gate = new();
    private readonly Dictionary<ApiKey, Queue<ErrorCode>> _errors = [];
    private readonly List<string> _asked = [];
    private short _epoch = -1;

    /// <summary>Who coordinates.</summary>
    public int Coordinator { get; set; } = 1;

    /// <summary>Every request in words, in the order in which they came.</summary>
    public List<string> Asked
    {
        get
        {
            lock (_gate)
            {
                return [.. _asked];
            }
        }
    }

    public void Fail(ApiKey api, params ErrorCode[] errors)
    {
        lock (_gate)
        {
            if (!_errors.TryGetValue(api, out var queue))
            {
                _errors.Add(api, queue = []);
            }

            Array.ForEach(errors, queue.Enqueue);
        }
    }

    /// <summary>Answers nothing more with an error.</summary>
    public void Forgive(ApiKey api)
    {
        lock (_gate)
        {
            _errors.Remove(api);
        }
    }

    /// <summary>Makes a fake broker answer for it.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="highestInit">The highest version of InitProducerId.</param>
    /// <param name="highestOffsets">The highest version of TxnOffsetCommit.</param>
    public FakeBroker Attach(FakeBroker broker, short highestInit = 5, short highestOffsets = 5)
    {
        broker.On<ApiVersionsRequest, ApiVersionsResponse>(ApiKey.ApiVersions, 0, 4, (_, _) =>
        {
            var offer = broker.Offer();
            offer.FinalizedFeaturesEpoch = 1;
            offer.FinalizedFeatures = [new() { Name = "transaction.version", MinVersionLevel = level, MaxVersionLevel = level }];
            return offer;
        });
        broker.On<FindCoordinatorRequest, FindCoordinatorResponse>(ApiKey.FindCoordinator, 4, 6, (request, _) => new FindCoordinatorResponse
        {
            Coordinators = [.. request.CoordinatorKeys.Select(key => new FindCoordinatorResponse.Coordinator { Key = key, NodeId = Coordinator, Host = "127.0.0.1", Port = broker.Port })],
        });
        broker.On<InitProducerIdRequest, InitProducerIdResponse>(ApiKey.InitProducerId, 0, highestInit, (request, _) => Answer(
            ApiKey.InitProducerId, $"init of {request.ProducerId}/{request.ProducerEpoch}", error => new InitProducerIdResponse { ErrorCode = error, ProducerId = ProducerId, ProducerEpoch = error == ErrorCode.None ? ++_epoch : (short)-1 }));
        broker.On<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>(ApiKey.AddPartitionsToTxn, 0, 5, (request, call) => Answer(
            ApiKey.AddPartitionsToTxn, $"add {Names(request)} by {call.Version}", error => new AddPartitionsToTxnResponse
            {
                ResultsByTopicV3AndBelow =
                [
                    .. request.V3AndBelowTopics.Select(topic => new AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult
                    {
                        Name = topic.Name,
                        ResultsByPartition = [.. topic.Partitions.Select(index => new AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult { PartitionIndex = index, PartitionErrorCode = error })],
                    }),
                ],
            }));
        broker.On<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse>(ApiKey.AddOffsetsToTxn, 0, 4, (request, _) => Answer(
            ApiKey.AddOffsetsToTxn, $"add group {request.GroupId}", error => new AddOffsetsToTxnResponse { ErrorCode = error }));
        broker.On<TxnOffsetCommitRequest, TxnOffsetCommitResponse>(ApiKey.TxnOffsetCommit, 0, highestOffsets, (request, call) => Answer(
            ApiKey.TxnOffsetCommit, $"offsets of {request.MemberId}/{request.GenerationId} by {call.Version}", error => new TxnOffsetCommitResponse
            {
                Topics =
                [
                    .. request.Topics.Select(topic => new TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic
                    {
                        Name = topic.Name,
                        Partitions = [.. topic.Partitions.Select(partition => new TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition { PartitionIndex = partition.PartitionIndex, ErrorCode = error })],
                    }),
                ],
            }));
        return broker.On<EndTxnRequest, EndTxnResponse>(ApiKey.EndTxn, 0, 5, (request, call) => Answer(
            ApiKey.EndTxn, $"{(request.Committed ? "commit" : "abort")} of {request.ProducerEpoch} by {call.Version}", error => new EndTxnResponse
            {
                ErrorCode = error,
                ProducerId = call.Version >= 5 && error == ErrorCode.None ? ProducerId : -1,
                ProducerEpoch = call.Version >= 5 && error == ErrorCode.None ? ++_epoch : (short)-1,
            }));
    }

    private static string Names(AddPartitionsToTxnRequest request) =>
        string.Join(' ', request.V3AndBelowTopics.SelectMany(topic => topic.Partitions.Select(index => $"{new TopicPartition(topic.Name, index)}")));

    private TResponse Answer<TResponse>(ApiKey api, string asked, Func<ErrorCode, TResponse> answer)
    {
        lock (_gate)
        {
            var error = _errors.TryGetValue(api, out var queue) && queue.TryDequeue(out var next) ? next : ErrorCode.None;
            _asked.Add(error == ErrorCode.None ? asked : $"{asked}: {error}");
            return answer(error);
        }
    }
}
