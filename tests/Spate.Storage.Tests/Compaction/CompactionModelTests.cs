using System.Globalization;
using System.Text;
using Spate.Protocol.Records;
using Spate.Storage.Tests.Crashes;
using Spate.Storage.Tests.Logs;

namespace Spate.Storage.Tests.Compaction;

/// <summary>Random lives of a compacted log beside a model of everything that was ever in it.</summary>
public sealed class CompactionModelTests
{
    private const int Steps = 160;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 50)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_compacted_log_tells_the_same_as_one_that_keeps_everything(int seed)
    {
        using var life = new Life(new Random(seed));
        try
        {
            for (var step = 0; step < Steps; step++)
            {
                life.Step();
            }

            life.CheckDuplicates();
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            throw new CrashSurvivalException(
                string.Create(CultureInfo.InvariantCulture, $"Seed {seed}, steps: {life.Trace}: {failure.Message}"), failure);
        }

        Assert.True(life.Cleanings > 1, $"Only {life.Cleanings} cleanings.");
    }

    private sealed class Life : IDisposable
    {
        private readonly Random _random;
        private readonly CleanerHarness _harness;
        private readonly CompactedModel _model;
        private readonly Dictionary<long, Producer> _producers = [];
        private int _value;
        private long _endOfLastCleaning;

        public Life(Random random)
        {
            _random = random;
            var retention = random.Next(1, 60) * 1000L;
            _harness = CleanerHarness.Opened(CleanerHarness.Compacted with
            {
                SegmentBytes = random.Next(500, 4000),
                IndexIntervalBytes = random.Next(0, 500),
                SegmentIndexBytes = random.Next(2) == 0 ? 96 : 10 << 20,
                DeleteRetentionMs = retention,
                MinCleanableDirtyRatio = random.Next(3) == 0 ? 0.4 : 0,
                MinCompactionLagMs = random.Next(3) == 0 ? 5000 : 0,
            });
            _harness.Options = _harness.Options with
            {
                DedupeBufferSize = random.Next(3) == 0 ? 24 * 20 : 24 * 1000,
                DedupeBufferLoadFactor = 0.9,
            };
            _model = new CompactedModel(retention);
        }

        public StringBuilder Trace { get; } = new();

        public int Cleanings { get; private set; }

        private PartitionLog Log => _harness.Log;

        public void Step()
        {
            var action = _random.Next(24);
            switch (action)
            {
                case 0 or 1 or 2:
                    Clean();
                    break;
                case 3:
                    Trace.Append(" roll");
                    Log.Roll();
                    _harness.Logs.Flushes.RunAll();
                    break;
                case 4:
                    var time = TimeSpan.FromSeconds(_random.Next(1, 40));
                    Trace.Append(CultureInfo.InvariantCulture, $" wait({time.TotalSeconds})");
                    _harness.Pass(time);
                    break;
                case 5:
                    Reopen();
                    break;
                case 6 when _random.Next(3) == 0:
                    Truncate();
                    break;
                case 7 when _random.Next(3) == 0:
                    var offset = Math.Min(Log.LastStableOffset, Log.LogStartOffset + _random.Next(8));
                    Trace.Append(CultureInfo.InvariantCulture, $" start({offset})");
                    Assert.True(Log.DeleteRecordsBefore(offset));
                    Log.DeleteOldSegments();
                    break;
                case 8 or 9 or 10 or 11:
                    StepTransaction(10 + _random.Next(3));
                    break;
                case 12 or 13 or 14:
                    Append(1 + _random.Next(3), isTransactional: false);
                    break;
                default:
                    Append(-1, isTransactional: false);
                    break;
            }

            _model.Check(Log, _harness.Now);
        }

        /// <summary>Producers go on where they were, whatever has been cleaned and however their state was found again.</summary>
        public void CheckDuplicates()
        {
            foreach (var (id, producer) in _producers.Where(producer => producer.Value.IsOpen).ToArray())
            {
                EndTransaction(id, producer, commit: true);
            }

            for (var round = 0; round < 3; round++)
            {
                Clean();
                Kill(withoutSnapshots: round > 0);
                foreach (var (id, producer) in _producers.Where(producer => producer.Value.LastBatch is not null))
                {
                    var again = _harness.Logs.Append([.. producer.LastBatch!]);
                    Assert.True(again.IsDuplicate, $"The last batch of producer {id} is not known any more.");
                    Assert.Equal(producer.LastOffset, again.LastOffset);
                }

                _model.Check(Log, _harness.Now);
            }
        }

        public void Dispose() => _harness.Dispose();

        private void Clean()
        {
            if (_random.Next(4) > 0)
            {
                foreach (var (id, producer) in _producers.Where(producer => producer.Value.IsOpen).ToArray())
                {
                    EndTransaction(id, producer, _random.Next(2) == 0);
                }

                Log.Roll();
                _harness.Logs.Flushes.RunAll();
                Append(-1, isTransactional: false);
            }

            Trace.Append(" clean");
            var now = _harness.Now;
            var before = LogContent.ReadCommitted(Log).Where(record => record.Offset >= Log.LogStartOffset);
            var state = LogContent.StateOf(before);
            if (_harness.Clean() is not { } result)
            {
                Trace.Append("(-)");
                return;
            }

            Cleanings++;
            _endOfLastCleaning = Log.LogEndOffset;
            Trace.Append(CultureInfo.InvariantCulture, $"({result.FirstDirtyOffset}-{result.EndOffset})");
            var overdue = _model.Overdue(now).Where(offset => offset < result.EndOffset).ToArray();
            Assert.Equal(state, LogContent.StateOf(LogContent.ReadCommitted(Log)));
            _model.Cleaned(result, now);
            Assert.Empty(LogContent.ReadAll(Log).Select(record => record.Offset).Intersect(overdue));
            CheckTimestamps();
            _harness.Pass(TimeSpan.FromSeconds(2));
            Log.DeletePendingFiles();
        }

        private void CheckTimestamps()
        {
            var left = LogContent.ReadAll(Log);
            for (var probe = 0; probe < 5; probe++)
            {
                var time = TestBatches.Epoch2027 + _random.NextInt64(_harness.Now - TestBatches.Epoch2027 + 10);
                Assert.Equal(left.FirstOrDefault(record => record.Timestamp >= time)?.Offset, Log.FindByTimestamp(time)?.Offset);
            }

            Assert.Equal(left.Count == 0 ? null : left.Max(record => record.Timestamp), Log.FindNewest()?.Timestamp);
        }

        private void Append(long producerId, bool isTransactional)
        {
            Trace.Append(" append");
            var options = new RecordBatchOptions { Codec = KeyedBatches.Codecs[_random.Next(KeyedBatches.Codecs.Length)] };
            var producer = new Producer();
            if (producerId >= 0)
            {
                producer = _producers.TryGetValue(producerId, out var known) ? known : _producers[producerId] = producer;
                options = options with
                {
                    ProducerId = producerId,
                    ProducerEpoch = 0,
                    BaseSequence = producer.NextSequence,
                    IsTransactional = isTransactional,
                };
            }

            var records = Enumerable.Range(0, _random.Next(1, 6)).Select(_ => NextRecord()).ToArray();
            var batch = KeyedBatches.Of(options, _harness.Now, records);
            _harness.Pass(TimeSpan.FromMilliseconds(_random.Next(300)));
            var result = _harness.Logs.Append([.. batch]);
            Assert.Equal((LogAppendError.None, false), (result.Error, result.IsDuplicate));
            Assert.Equal(records.Length - 1, result.LastOffset - result.FirstOffset);
            _model.Add(
                LogContent.Decode(batch).Select(record => record with { Offset = record.Offset + result.FirstOffset, LeaderEpoch = 0 }),
                isTransactional);
            producer.NextSequence += records.Length;
            producer.LastBatch = batch;
            producer.LastOffset = result.LastOffset;
            producer.End = result.LastOffset + 1;
            producer.IsOpen = isTransactional;
        }

        private KeyedRecord NextRecord() => new(
            _random.Next(40) == 0 ? null : TestBatches.Value(_random.Next(12)),
            _random.Next(5) == 0 ? null : TestBatches.Value(_value++, _random.Next(5, 80)));

        private void StepTransaction(long producerId)
        {
            if (_producers.TryGetValue(producerId, out var producer) && producer.IsOpen && _random.Next(2) == 0)
            {
                EndTransaction(producerId, producer, _random.Next(2) == 0);
            }
            else
            {
                Append(producerId, isTransactional: true);
            }
        }

        private void EndTransaction(long producerId, Producer producer, bool commit)
        {
            Trace.Append(commit ? " commit" : " abort");
            producer.End = _harness.EndTransaction(producerId, commit).LastOffset + 1;
            _model.EndTransaction(producerId, commit);
            producer.IsOpen = false;
        }

        private void Truncate()
        {
            // Only what no transaction depends on, so that the model need not follow what a truncated marker undoes.
            if (_producers.Values.Any(producer => producer.IsOpen))
            {
                return;
            }

            // Nor what has been cleaned by the help of what is cut off: nobody can say then what is left.
            var floor = _producers.Values.Select(producer => producer.End).Append(Log.LogStartOffset).Append(_endOfLastCleaning).Max();
            var offset = Math.Max(floor, Log.LogEndOffset - _random.Next(30));
            Trace.Append(CultureInfo.InvariantCulture, $" truncate({offset})");
            if (Log.TruncateTo(offset))
            {
                _harness.Cleaner.Truncated(_harness.Hosted, Log.LogEndOffset);
                _model.TruncateTo(Log.LogEndOffset);
            }
        }

        private void Reopen()
        {
            if (_random.Next(2) == 0)
            {
                Trace.Append(" close");
                _harness.Logs.CloseAndOpen();
                Log.UpdateHighWatermark(Log.LogEndOffset);
            }
            else
            {
                Kill(withoutSnapshots: _random.Next(2) == 0);
            }
        }

        private void Kill(bool withoutSnapshots)
        {
            Trace.Append(withoutSnapshots ? " kill-without-snapshots" : " kill");
            Log.Dispose();
            if (withoutSnapshots)
            {
                foreach (var name in _harness.Logs.Names().Where(name => name.EndsWith(".snapshot", StringComparison.Ordinal)))
                {
                    _harness.Logs.Disk.DeleteFile(_harness.Logs.PathOf(name));
                }
            }

            _harness.Logs.Open(clean: false, recoveryPoint: withoutSnapshots ? 0 : Log.RecoveryPoint, logStart: Log.LogStartOffset);
            Log.UpdateHighWatermark(Log.LogEndOffset);
        }
    }

    private sealed class Producer
    {
        public int NextSequence { get; set; }

        public byte[]? LastBatch { get; set; }

        public long LastOffset { get; set; }

        /// <summary>Behind its last batch or marker.</summary>
        public long End { get; set; }

        public bool IsOpen { get; set; }
    }
}
