using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;

namespace Spate.Client.Tests.Fakes;

/// <summary>
/// The partitions behind fake brokers: what was produced, in order, with producers' numbers held to as a broker holds to them: five batches are remembered
/// for each producer, a repetition of one of them is answered as the first time, and a number out of turn is refused.
/// </summary>
internal sealed class FakeLog
{
    private const int Remembered = 5;

    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, List<OwnedRecord>> _records = [];
    private readonly Dictionary<(TopicPartition Name, long ProducerId), State> _producers = [];
    private long _lastProducerId;

    /// <summary>Epochs that batches have come with.</summary>
    public SortedSet<short> Epochs { get; } = [];

    /// <summary>Sizes of the batches that came, in records.</summary>
    public List<int> BatchSizes { get; } = [];

    /// <summary>Called before a batch is taken; an error refuses it.</summary>
    public Func<TopicPartition, RecordBatchHeader, ErrorCode> Refuse { get; set; } = static (_, _) => ErrorCode.None;

    /// <summary>Makes a fake broker take records, and give ids to producers.</summary>
    public FakeBroker Attach(FakeBroker broker, short highest = 11, short highestOfIds = 5)
    {
        broker.On<InitProducerIdRequest, InitProducerIdResponse>(
            ApiKey.InitProducerId, 0, highestOfIds, (_, _) => new InitProducerIdResponse { ProducerId = Interlocked.Increment(ref _lastProducerId), ProducerEpoch = 0 });
        return broker.On<ProduceRequest, ProduceResponse>(ApiKey.Produce, 3, highest, (request, _) => Produce(request));
    }

    public List<OwnedRecord> Records(string topic, int partition)
    {
        lock (_gate)
        {
            return [.. _records.GetValueOrDefault(new(topic, partition), [])];
        }
    }

    public List<string> Values(string topic, int partition) => Records(topic, partition).ConvertAll(record => System.Text.Encoding.UTF8.GetString(record.Value!));

    /// <summary>Loses what is known of producers, as a broker does whose state has expired.</summary>
    public void ForgetProducers()
    {
        lock (_gate)
        {
            _producers.Clear();
        }
    }

    public ProduceResponse? Produce(ProduceRequest request)
    {
        var response = new ProduceResponse();
        foreach (var topic in request.TopicData)
        {
            var answers = new ProduceResponse.TopicProduceResponse { Name = topic.Name, TopicId = topic.TopicId };
            response.Responses.Add(answers);
            foreach (var data in topic.PartitionData)
            {
                answers.PartitionResponses.Add(Append(new(topic.Name, data.Index), data.Records.Bytes.Span));
            }
        }

        return request.Acks == 0 ? null : response;
    }

    private ProduceResponse.PartitionProduceResponse Append(TopicPartition name, ReadOnlySpan<byte> batch)
    {
        lock (_gate)
        {
            var answer = new ProduceResponse.PartitionProduceResponse { Index = name.Partition, BaseOffset = -1, LogStartOffset = 0 };
            Assert.Equal(RecordError.None, RecordBatchHeader.Validate(batch, out var header));
            Assert.Equal(header.BatchSize, batch.Length);
            if (!_records.TryGetValue(name, out var log))
            {
                _records[name] = log = [];
            }

            answer.ErrorCode = Refuse(name, header);
            if (answer.ErrorCode != ErrorCode.None)
            {
                return answer;
            }

            if (header.HasProducerId)
            {
                if (!_producers.TryGetValue((name, header.ProducerId), out var state) || header.ProducerEpoch > state.Epoch)
                {
                    if (header.BaseSequence != 0)
                    {
                        answer.ErrorCode = state is null ? ErrorCode.UnknownProducerId : ErrorCode.OutOfOrderSequenceNumber;
                        return answer;
                    }

                    _producers[(name, header.ProducerId)] = state = new State { Epoch = header.ProducerEpoch };
                }
                else if (header.ProducerEpoch < state.Epoch)
                {
                    answer.ErrorCode = ErrorCode.InvalidProducerEpoch;
                    return answer;
                }
                else if (state.Batches.Find(known => known.Sequence == header.BaseSequence && known.Last == header.LastSequence) is { Count: > 0 } known)
                {
                    answer.BaseOffset = known.Offset;
                    return answer;
                }
                else if (header.BaseSequence != RecordBatchHeader.AddToSequence(state.LastSequence, 1))
                {
                    answer.ErrorCode = header.BaseSequence <= state.LastSequence ? ErrorCode.DuplicateSequenceNumber : ErrorCode.OutOfOrderSequenceNumber;
                    return answer;
                }

                state.Batches.Add((header.BaseSequence, header.LastSequence, log.Count, header.RecordCount));
                state.Batches.RemoveRange(0, Math.Max(0, state.Batches.Count - Remembered));
                state.LastSequence = header.LastSequence;
                Epochs.Add(header.ProducerEpoch);
            }

            answer.BaseOffset = log.Count;
            BatchSizes.Add(header.RecordCount);
            log.AddRange(OwnedRecord.ReadAll(batch, 1 << 24));
            return answer;
        }
    }

    private sealed class State
    {
        public short Epoch { get; init; }

        public int LastSequence { get; set; } = -1;

        public List<(int Sequence, int Last, long Offset, int Count)> Batches { get; } = [];
    }
}
