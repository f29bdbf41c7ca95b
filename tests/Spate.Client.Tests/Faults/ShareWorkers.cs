using Spate.Client.Administration;
using Spate.Client.Sharing;

namespace Spate.Client.Tests.Faults;

/// <summary>Members of share group "g", which accept each record of topic "t" and go on after whatever may pass.</summary>
internal sealed class ShareWorkers(KafkaClient client, ShareAccount account, int recordsAtOnce)
{
    /// <summary>The group reads what was written before it was there.</summary>
    public async Task BeginAtTheEarliestAsync() => await client.Admin.Configs.AlterAsync(new Dictionary<ConfigResource, IReadOnlyCollection<ConfigChange>>
    {
        [ConfigResource.Group("g")] = [ConfigChange.Set("share.auto.offset.reset", "earliest")],
    });

    /// <summary>One member, until it is to stop.</summary>
    public async Task WorkAsync(CancellationToken stopping)
    {
        await using var consumer = client.CreateShareConsumer(new ShareConsumerOptions
        {
            GroupId = "g",
            AcknowledgeMode = AcknowledgeMode.Explicit,
            MaxRecords = recordsAtOnce,
            MaxWait = TimeSpan.FromMilliseconds(10),
            AcknowledgeLinger = TimeSpan.FromMilliseconds(5),
            OnAcknowledged = account.Confirm,
        });
        consumer.Subscribe("t");
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await foreach (var record in consumer.ReceiveAsync<NoKey, int>(stopping))
                {
                    account.Begin((record.Partition.Partition, record.Offset));
                    record.Accept();
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (KafkaException failure) when (failure.IsRetriable)
            {
                // The next enumeration goes on.
            }
        }
    }

    /// <summary>Waits until the group is done with so many records. Only the group knows: an acknowledgement counts whether or not its answer arrived.</summary>
    public async Task UntilDoneAsync(int records)
    {
        while (true)
        {
            var offsets = (await client.Admin.Groups.ListShareOffsetsAsync(["g"]))["g"];
            if (offsets.IsSuccess && offsets.Value.Values.Sum(static offset => offset.IsSuccess ? offset.Value?.StartOffset ?? 0 : 0) == records)
            {
                return;
            }
        }
    }
}
