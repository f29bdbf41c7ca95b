using Spate.Conformance.Clients;

namespace Spate.Conformance.Load;

/// <summary>Holds what a reader found against what producers know to have been acknowledged.</summary>
internal static class LoadAudit
{
    /// <summary>
    /// Every acknowledged record is there once, at the offset that was told, and each producer's records stand in their order without
    /// gaps. Records that were sent and not acknowledged may be there or not.
    /// </summary>
    public static void Check(IEnumerable<INumberedLoad> producers, IReadOnlyList<KcatRecord> found, string circumstances)
    {
        var byProducer = found
            .Select(record => (Id: NumberedBatch.Identify(record.Text), record.Partition, record.Offset))
            .ToLookup(record => record.Id.Name);
        foreach (var producer in producers)
        {
            var records = byProducer[producer.Name].OrderBy(record => record.Offset).ToList();
            for (var index = 0; index < records.Count; index++)
            {
                var (id, partition, offset) = records[index];
                Assert.True(
                    id.Number == index,
                    $"{circumstances}: record {id.Number} of producer {producer.Name} stands at offset {offset} where number {index} should; "
                    + (id.Number < index ? "it is there twice or out of order" : "one before it is missing")
                    + $"; {producer.Acknowledged.Count} are acknowledged, {producer.Sent} were sent");
                Assert.Equal(producer.Partition, partition);
                Assert.True(
                    !producer.Acknowledged.TryGetValue(index, out var told) || told == offset,
                    $"{circumstances}: record {index} of producer {producer.Name} was acknowledged at offset {told} and stands at {offset}");
            }

            Assert.True(
                records.Count >= producer.Acknowledged.Count && records.Count <= producer.Sent,
                $"{circumstances}: {records.Count} records of producer {producer.Name} are there; {producer.Acknowledged.Count} were acknowledged, {producer.Sent} sent");
        }
    }
}
