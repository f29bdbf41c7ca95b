using Spate.Protocol.Records;
using Spate.Storage.Producers;
using Spate.Storage.Tests.Checkpoints;

namespace Spate.Storage.Tests.Producers;

/// <summary>Random lives of a partition, against the plainest model of it: after every step both say the same.</summary>
public sealed class ProducerModelTests
{
    private const int StepsPerLife = 250;

    [Fact]
    public void A_random_life_of_a_partition_is_the_same_as_in_the_model()
    {
        var outcomes = new Dictionary<string, int>(StringComparer.Ordinal);
        Rounds.ForEachSeed(60, random =>
        {
            using var scratch = new ScratchDirectory();
            new Life(random, scratch, outcomes).Run(StepsPerLife);
        });

        // A test that never meets a case proves nothing of it.
        Assert.All(
            new[] { "Accepted", "Duplicate", "OutOfOrderSequence", "InvalidProducerEpoch", "InvalidTransactionState", "marker", "truncation", "snapshot" },
            outcome => Assert.True(outcomes.GetValueOrDefault(outcome) > 50, $"{outcome} came {outcomes.GetValueOrDefault(outcome)} times."));
    }

    private sealed class Life(Random random, ScratchDirectory scratch, Dictionary<string, int> outcomes)
    {
        private readonly NaiveLog _model = new();
        private readonly List<string> _faults = [];
        private ProducerStates _states = new();
        private ProducerSnapshots _snapshots = null!;
        private long _highWatermark;
        private long _clock = ProducerLog.Now;

        public void Run(int steps)
        {
            _snapshots = new ProducerSnapshots(scratch.Files, scratch.Root, _faults.Add);
            for (var step = 0; step < steps; step++)
            {
                _clock += random.Next(10);
                switch (random.Next(20))
                {
                    case < 13:
                        TryAppend();
                        break;
                    case < 16:
                        AppendMarker();
                        break;
                    case 16:
                        _highWatermark = random.NextInt64(_highWatermark, _model.EndOffset + 1);
                        _states.AdvanceHighWatermark(_highWatermark);
                        _model.AdvanceHighWatermark(_highWatermark);
                        break;
                    case 17:
                        Count("snapshot");
                        _snapshots.Take(_states);
                        _model.TakeSnapshot();
                        break;
                    case 18:
                        _model.EndOffset += random.Next(3);
                        _states.AdvanceTo(_model.EndOffset);
                        break;
                    default:
                        Truncate();
                        break;
                }

                Compare(step);
            }

            Assert.Empty(_faults);
        }

        private void TryAppend()
        {
            var batch = RandomBatch();
            var check = _states.Check(batch, AppendOrigin.Client);
            Assert.Equal(_model.Check(batch), check.Outcome);
            Count(check.Outcome.ToString());
            if (check.Outcome == ProducerCheckOutcome.Duplicate)
            {
                var first = _model.Producers[batch.ProducerId].Batches.TakeLast(5)
                    .First(each => each.BaseSequence == batch.BaseSequence && each.RecordCount == batch.RecordCount);
                Assert.Equal((first.BaseOffset, first.LastOffset, first.MaxTimestamp), (check.FirstOffset, check.LastOffset, check.Timestamp));
            }

            // A follower appends what its leader sends, whatever a check would have said.
            if (check.IsAccepted || random.Next(30) == 0)
            {
                Append(batch with { BaseOffset = _model.EndOffset });
            }
        }

        private RecordBatchHeader RandomBatch()
        {
            var producerId = random.Next(4);
            var known = _model.Producers.GetValueOrDefault(producerId) ?? new NaiveProducer();
            var epoch = (short)Math.Max(0, known.Epoch + (random.Next(12) switch { 0 => -1, 1 => 1, _ => 0 }));
            var count = random.Next(1, 4);
            var sequence = epoch == known.Epoch ? _model.NextSequence(known) : 0;
            switch (random.Next(8))
            {
                case 0 when known.Batches.Count > 0:
                    var again = known.Batches[Math.Max(0, known.Batches.Count - random.Next(1, 8))];
                    return again with { BaseOffset = 0, MaxTimestamp = _clock };
                case 1:
                    sequence = RecordBatchHeader.AddToSequence(sequence, random.Next(-3, 4));
                    break;
                case 2 when known.Epoch < 0:
                    sequence = int.MaxValue - random.Next(4);
                    break;
            }

            var isTransactional = random.Next(10) == 0 ? known.TransactionFirst < 0 : known.TransactionFirst >= 0;
            return ProducerLog.Batch(producerId, epoch, sequence, count, isTransactional, _clock);
        }

        private void AppendMarker()
        {
            var producerId = random.Next(4);
            var epoch = _model.Producers.GetValueOrDefault(producerId)?.Epoch ?? 0;
            var marker = new TransactionMarker(
                producerId, (short)Math.Max(0, epoch + random.Next(2)), random.Next(3), random.Next(2) == 0, _model.EndOffset, _clock);
            Count("marker");
            Append(marker);
        }

        private void Append(object entry)
        {
            _model.Append(entry);
            Apply(entry);
        }

        private void Apply(object entry)
        {
            if (entry is RecordBatchHeader batch)
            {
                _states.Apply(batch, LogPosition.At(batch.BaseOffset), _clock);
            }
            else
            {
                _states.Apply((TransactionMarker)entry, _clock);
            }
        }

        /// <summary>A truncation, or a restart, which is one to the log's end with nothing in memory.</summary>
        private void Truncate()
        {
            Count("truncation");
            var isRestart = random.Next(2) == 0;
            var boundaries = _model.Entries.Select(entry => NaiveLog.LastOffsetOf(entry) + 1).Where(end => end >= _highWatermark).Append(_model.EndOffset).ToArray();
            var end = isRestart ? _model.EndOffset : boundaries[random.Next(boundaries.Length)];
            if (end == _model.EndOffset && !isRestart)
            {
                return;
            }

            if (isRestart)
            {
                _states = new ProducerStates();
                _states.AdvanceTo(long.MaxValue);
                _snapshots = new ProducerSnapshots(scratch.Files, scratch.Root, _faults.Add);
            }

            var from = _model.Truncate(end);
            _snapshots.TruncateAndReload(_states, logStartOffset: 0, end);
            Assert.Equal(from, _states.EndOffset);
            foreach (var entry in _model.Entries.Where(entry => NaiveLog.LastOffsetOf(entry) >= from))
            {
                Apply(entry);
            }

            _states.AdvanceTo(end);
            _states.AdvanceHighWatermark(_highWatermark);
            _model.AdvanceHighWatermark(_highWatermark);
        }

        private void Compare(int step)
        {
            Assert.Equal(_model.EndOffset, _states.EndOffset);
            Assert.Equal((step, _model.FirstUnstable()), (step, _states.FirstUnstable?.Offset));
            Assert.Equal(
                _model.Producers.OrderBy(each => each.Key).Select(each => (step, Describe(each.Key, each.Value))),
                _states.ToSnapshot().Select(each => (step, each)));
        }

        private static ProducerSnapshotEntry Describe(long producerId, NaiveProducer producer)
        {
            var last = producer.Batches.Count > 0 ? producer.Batches[^1] : new RecordBatchHeader { BaseSequence = -1, BaseOffset = -1 };
            return new ProducerSnapshotEntry(
                producerId,
                producer.Epoch,
                last.LastSequence,
                last.LastOffset,
                last.LastOffsetDelta,
                producer.Timestamp,
                producer.CoordinatorEpoch,
                producer.TransactionFirst);
        }

        private void Count(string outcome) => outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
    }
}
