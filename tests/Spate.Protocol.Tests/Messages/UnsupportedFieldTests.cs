using Spate.Protocol.Generator.Schemas;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Protocol.Tests.Messages;

/// <summary>What happens to a field that a version has no room for.</summary>
public class UnsupportedFieldTests
{
    [Fact]
    public void Every_field_that_a_version_cannot_carry_is_left_out_when_ignorable_and_refused_otherwise()
    {
        var checkedFields = 0;
        foreach (var type in MessageType.All)
        {
            var schema = SchemaFolder.Messages[type.Name];
            foreach (var version in type.Versions)
            {
                foreach (var field in schema.Body.Fields.Where(field => !field.Versions.Contains(version)))
                {
                    CheckField(type, field, version);
                    checkedFields++;
                }
            }
        }

        Assert.True(checkedFields > 100, $"Only {checkedFields} fields were checked.");
    }

    [Fact]
    public void Write_FieldOfALaterVersionInsideAnArray_NamesMessageVersionAndPath()
    {
        var request = new FetchRequest { Topics = [new() { Topic = "t", Partitions = [new() { LastFetchedEpoch = 4 }] }] };

        var failure = Assert.Throws<UnsupportedFieldException>(() => MessageType.Encode(request, 11));

        Assert.Equal("FetchRequest v11: Topics.Partitions.LastFetchedEpoch: this version has no such field, and it is not at its default", failure.Message);
        Assert.Equal(("FetchRequest", (short)11, "Topics.Partitions.LastFetchedEpoch"), (failure.MessageName, failure.Version, failure.Field));
    }

    [Fact]
    public void Write_NullWhereTheVersionHasNone_NamesTheField()
    {
        var request = new MetadataRequest { Topics = null };

        var failure = Assert.Throws<UnsupportedFieldException>(() => MessageType.Encode(request, 0));

        Assert.Equal("MetadataRequest v0: Topics: null is not allowed in this version", failure.Message);
    }

    [Fact]
    public void Write_TaggedStructureInAVersionWithout_IsRefusedWhenItSaysAnything()
    {
        var request = new FetchRequest { ReplicaState = new() { ReplicaId = 3 } };
        Assert.Throws<UnsupportedFieldException>(() => MessageType.Encode(request, 14));

        request.ReplicaState = new();
        Assert.Equal(MessageType.Encode(new FetchRequest(), 14), MessageType.Encode(request, 14));
    }

    private static void CheckField(MessageType type, FieldSchema field, short version)
    {
        var message = type.Create();
        var property = type.Type.GetProperty(field.Name)!;
        var standard = property.GetValue(message);
        var random = new Random(7);
        object value;
        do
        {
            value = RandomMessage.Value(field, property, (short)field.Versions.Low, random);
        }
        while (MessageEquality.Difference(standard, value) is null);

        property.SetValue(message, value);
        if (field.IsIgnorable)
        {
            Assert.Equal(MessageType.Encode(type.Create(), version), MessageType.Encode(message, version));
        }
        else
        {
            var failure = Assert.Throws<UnsupportedFieldException>(() => MessageType.Encode(message, version));
            Assert.Equal((type.Name, version, field.Name), (failure.MessageName, failure.Version, failure.Field));
        }
    }
}
