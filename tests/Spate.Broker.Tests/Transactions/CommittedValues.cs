using System.Text;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;

namespace Spate.Broker.Tests.Transactions;

/// <summary>Reads what was fetched as a consumer of committed records does: by the aborted transactions that the broker tells of.</summary>
internal static class CommittedValues
{
    public static List<string> Of(FetchResponse.PartitionData data)
    {
        var coming = data.AbortedTransactions!.OrderBy(aborted => aborted.FirstOffset).ToList();
        var aborted = new HashSet<long>();
        var values = new List<string>();
        foreach (var record in OwnedRecord.ReadAll(data.Records.Bytes.Span, 64 << 20))
        {
            foreach (var next in coming.Where(next => next.FirstOffset <= record.Offset).ToList())
            {
                aborted.Add(next.ProducerId);
                coming.Remove(next);
            }

            if (record.IsControl)
            {
                aborted.Remove(record.ProducerId);
            }
            else if (!record.IsTransactional || !aborted.Contains(record.ProducerId))
            {
                values.Add(Encoding.UTF8.GetString(record.Value!));
            }
        }

        return values;
    }
}
