using Spate.Coordination;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Simulation.Cluster;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Groups;

/// <summary>
/// A consumer in a group, of whichever protocol: says that it is there, looks up how far what it was given has been read, reads on, and commits.
/// Now and then it leaves, dies, hangs, or comes back as another.
/// </summary>
internal abstract class GroupMember(World world, string groupId, string name) : Client(world, name)
{
    private readonly Dictionary<TopicPartition, long> _positions = [];

    public string GroupId { get; } = groupId;

    public abstract string MemberId { get; }

    /// <summary>The epoch, or the generation, by which it goes.</summary>
    public abstract int Epoch { get; }

    /// <summary>What it reads.</summary>
    public abstract PartitionSet Owned { get; }

    /// <summary>Whether it does nothing, because its process is down.</summary>
    public bool IsDown { get; private set; }

    protected abstract short CommitVersion { get; }

    protected abstract string? Instance { get; }

    public void Start() => After(World.Between(0, 5000), Turn);

    /// <summary>It holds on to nothing any more, and does what its coordinator asks.</summary>
    public virtual void Obey()
    {
    }

    /// <summary>Says that it is there, and hears what there is to do.</summary>
    protected abstract void Proceed();

    /// <summary>Says goodbye.</summary>
    protected abstract void Leave();

    /// <summary>Begins with nothing, as a process that was started anew.</summary>
    protected abstract void Forget();

    /// <summary>Does something that only members of its kind do.</summary>
    protected abstract void Vary();

    /// <summary>Follows an error of a commit or a fetch of offsets.</summary>
    protected abstract void Heard(ErrorCode error);

    /// <summary>It has given everything up: whatever it is given next, it looks up anew how far that has been read.</summary>
    protected void LetGo() => _positions.Clear();

    protected void Next()
    {
        World.Watch.Touch(GroupId);
        After(World.Between(100, 1500), Turn);
    }

    private void Turn()
    {
        var choice = World.Weather.IsCalm ? 99 : World.Random.Next(100);
        switch (choice)
        {
            case 0:
                Leave();
                Down(World.Between(0, 10_000));
                break;
            case 1:
                Down(World.Between(0, 30_000));
                break;
            case 2:
                After(World.Between(0, 20_000), Turn);
                break;
            case < 6:
                Vary();
                Next();
                break;
            default:
                Work();
                break;
        }
    }

    private void Down(TimeSpan duration)
    {
        Die();
        IsDown = true;
        LetGo();
        Forget();
        World.Agenda.Put(duration, () => $"{Name} is started anew", () =>
        {
            IsDown = false;
            Turn();
        });
    }

    private void Work()
    {
        var owned = new List<TopicPartition>();
        foreach (var (topic, partitions) in Owned.ToPairs())
        {
            if (World.Topics.Current.Find(topic) is { } described)
            {
                owned.AddRange(partitions.Select(partition => new TopicPartition(described.Name, partition)));
            }
        }

        foreach (var lost in _positions.Keys.Except(owned).ToList())
        {
            _positions.Remove(lost);
        }

        var unknown = owned.Where(partition => !_positions.ContainsKey(partition)).ToList();
        if (unknown.Count > 0 && World.Random.Next(2) == 0)
        {
            LookUp(unknown);
        }
        else if (_positions.Count > 0 && World.Random.Next(3) == 0)
        {
            Commit(_positions.Keys.Where(_ => World.Random.Next(2) == 0).DefaultIfEmpty(_positions.Keys.First()).ToList());
        }
        else
        {
            Proceed();
        }
    }

    private void LookUp(List<TopicPartition> partitions)
    {
        var request = new OffsetFetchRequest
        {
            Groups =
            [
                new()
                {
                    GroupId = GroupId, MemberId = CommitVersion >= 9 ? MemberId : null, MemberEpoch = CommitVersion >= 9 ? Epoch : -1,
                    Topics = [.. partitions.GroupBy(static one => one.Topic).Select(static topic => new OffsetFetchRequest.OffsetFetchRequestTopics
                    {
                        Name = topic.Key, PartitionIndexes = [.. topic.Select(static one => one.Partition)],
                    })],
                },
            ],
        };
        Ask(
            InternalTopic.Offsets,
            GroupId,
            () => $"fetch offsets of {string.Join(' ', partitions)}",
            node => node.Groups.OffsetFetchAsync(request, new GroupClient(Name, "/10.0.0.1", 9)),
            static response => response.Groups[0].ErrorCode,
            response =>
            {
                if (response?.Groups[0].ErrorCode == ErrorCode.None)
                {
                    foreach (var topic in response.Groups[0].Topics)
                    {
                        foreach (var partition in topic.Partitions.Where(static one => one.ErrorCode == ErrorCode.None))
                        {
                            _positions[new TopicPartition(topic.Name, partition.PartitionIndex)] = Math.Max(0, partition.CommittedOffset);
                        }
                    }
                }
                else if (response is not null)
                {
                    Heard(response.Groups[0].ErrorCode);
                }

                Next();
            });
    }

    private void Commit(List<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            _positions[partition] += World.Random.Next(3);
        }

        var request = new OffsetCommitRequest
        {
            GroupId = GroupId,
            MemberId = MemberId,
            GenerationIdOrMemberEpoch = Epoch,
            GroupInstanceId = Instance,
            Topics = [.. partitions.GroupBy(static one => one.Topic).Select(topic => new OffsetCommitRequest.OffsetCommitRequestTopic
            {
                Name = topic.Key,
                Partitions = [.. topic.Select(one => new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = one.Partition, CommittedOffset = _positions[one] })],
            })],
        };
        var text = string.Join(' ', partitions.Select(partition => $"{partition}={_positions[partition]}"));
        Ask(
            InternalTopic.Offsets,
            GroupId,
            () => $"commit {text} in {request.GenerationIdOrMemberEpoch}",
            node => node.Groups.OffsetCommitAsync(request, new GroupClient(Name, "/10.0.0.1", CommitVersion)),
            static response => response.Topics[0].Partitions[0].ErrorCode,
            response =>
            {
                if (response is not null)
                {
                    Heard(response.Topics[0].Partitions[0].ErrorCode);
                }

                Next();
            },
            mayRepeat: World.Sabotage.RepeatsCommits);
    }

}
