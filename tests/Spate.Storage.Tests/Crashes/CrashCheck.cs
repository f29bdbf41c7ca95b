using System.Globalization;
using Spate.Storage.Files;
using Spate.Storage.Tests.Logs;

namespace Spate.Storage.Tests.Crashes;

/// <summary>Opens what a crash left and compares it with what had to be there.</summary>
internal sealed class CrashCheck(CrashScenario scenario, IFileSystem disk, CrashModel before, CrashModel after, bool lostPower, string crash)
{
    public void Run()
    {
        try
        {
            var reopened = CrashScenario.Reopen(disk, scenario.Harness.Config);
            using (reopened)
            {
                var records = reopened.ReadAll();
                CheckRecords(reopened.Log, records);
                CheckEpochs(reopened.Log, records);
                CheckProducers(reopened);
                CheckItGoesOn(reopened, records);
            }
        }
        catch (Exception failure) when (failure is not CrashSurvivalException)
        {
            throw new CrashSurvivalException($"{crash}, between '{before.Step}' and '{after.Step}': {failure.Message}", failure);
        }
    }

    private void CheckRecords(PartitionLog log, List<StoredRecord> records)
    {
        var found = records.ToDictionary(record => record.Offset, record => record.Value);
        Assert.Equal(records.Count, found.Count);
        Assert.Equal(found.Keys.Order(), records.Select(record => record.Offset));
        foreach (var (offset, value) in found)
        {
            var isKnown = lostPower
                ? scenario.Ever.Contains((offset, value))
                : before.Records.GetValueOrDefault(offset) == value || after.Records.GetValueOrDefault(offset) == value;
            Assert.True(isKnown, $"'{value}' at {offset} should not be there.");
        }

        var promisedEnd = lostPower ? before.DurableEnd : long.MaxValue;
        foreach (var (offset, value) in before.Records)
        {
            if (offset < promisedEnd && offset >= log.LogStartOffset && after.Records.GetValueOrDefault(offset) == value)
            {
                Assert.True(found.GetValueOrDefault(offset) == value, $"'{value}' at {offset} is lost; there is {Describe(found)}.");
            }
        }

        Assert.True(log.LogStartOffset <= Math.Max(before.Start, after.Start), $"The log begins at {log.LogStartOffset}.");
        if (!lostPower)
        {
            Assert.InRange(log.LogStartOffset, before.Start, Math.Max(before.Start, after.Start));
            Assert.InRange(log.LogEndOffset, Math.Min(before.End, after.End), Math.Max(before.End, after.End));
        }
    }

    private static void CheckEpochs(PartitionLog log, List<StoredRecord> records)
    {
        foreach (var record in records)
        {
            var epoch = log.LeaderEpochs.LastOrDefault(entry => entry.StartOffset <= record.Offset);
            Assert.True(epoch.Epoch == record.LeaderEpoch, $"Offset {record.Offset} belongs to epoch {record.LeaderEpoch}, not {epoch}.");
        }

        Assert.All(log.LeaderEpochs, entry => Assert.InRange(entry.StartOffset, log.LogStartOffset, log.LogEndOffset));
    }

    /// <summary>What the log knows of its producers must be what its batches say, by whatever snapshots it came to know it.</summary>
    private static void CheckProducers(LogHarness reopened)
    {
        var restored = reopened.Log.DescribeProducers().ToDictionary(producer => producer.ProducerId);
        reopened.Log.Dispose();
        foreach (var name in reopened.Names().Where(name => name.EndsWith(".snapshot", StringComparison.Ordinal)))
        {
            reopened.Disk.DeleteFile(reopened.PathOf(name));
        }

        reopened.Open(clean: false, recoveryPoint: reopened.Log.RecoveryPoint, logStart: reopened.Log.LogStartOffset);
        foreach (var rebuilt in reopened.Log.DescribeProducers())
        {
            var producer = restored[rebuilt.ProducerId];
            Assert.Equal(
                (rebuilt.Epoch, rebuilt.LastSequence, rebuilt.LastOffset, rebuilt.CurrentTransactionFirstOffset),
                (producer.Epoch, producer.LastSequence, producer.LastOffset, producer.CurrentTransactionFirstOffset));
        }
    }

    private static void CheckItGoesOn(LogHarness reopened, List<StoredRecord> records)
    {
        var end = reopened.Log.LogEndOffset;
        var result = reopened.Append(TestBatches.Of(TestBatches.Epoch2027, "after"), leaderEpoch: 1000);
        Assert.Equal((LogAppendError.None, end), (result.Error, result.FirstOffset));
        Assert.Equal([.. records.Select(record => record.Value), "after"], reopened.ReadAll().Select(record => record.Value));
    }

    private static string Describe(Dictionary<long, string> found) =>
        string.Join(", ", found.Select(record => string.Create(CultureInfo.InvariantCulture, $"{record.Key}={record.Value}")));
}
