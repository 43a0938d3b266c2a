# Prints how MIME::Parser reads the messages named on the command line, one JSON
# object per line.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use Encode qw(decode);
use JSON::PP;
use Mail::Address;
use MIME::Parser;

my $json = JSON::PP->new->utf8;

sub words {
    my $text = shift // '';
    $text =~ s/\n(?=[ \t])//g;
    chomp $text;
    return decode('MIME-Header', $text);
}

sub addresses {
    my $field = shift // '';
    my @all;
    for my $mailbox (Mail::Address->parse($field)) {
        next if $mailbox->address =~ /:$/; # an empty group
        my $name = $mailbox->phrase;
        $name =~ s/^"(.*)"$/$1/s;
        $name =~ s/\\(.)/$1/g;
        push @all, [words($name), $mailbox->address]; # only the name may have encoded words
    }
    return \@all;
}

for my $path (@ARGV) {
    my $parser = MIME::Parser->new;
    $parser->output_to_core(1);
    $parser->tmp_to_core(1);
    $parser->extract_nested_messages(1);
    $parser->decode_headers(0);
    my $top = $parser->parse_open($path);
    my (%text, @files);
    my $walk;
    $walk = sub {
        my $part = shift;
        my $head = $part->head;
        my $name = $head->recommended_filename;
        $name = decode('utf-8', $name) if defined $name && !utf8::is_utf8($name);
        if ($head->mime_type eq 'message/rfc822') {
            push @files, { name => $name, inner => words(($part->parts)[0]->head->get('Subject')) };
        } elsif ($part->is_multipart) {
            $walk->($_) for $part->parts;
        } elsif (!defined $name && $head->mime_type =~ m{^text/(\w+)}) {
            $text{$1} = decode($head->mime_attr('content-type.charset') // 'us-ascii', $part->bodyhandle->as_string);
        } else {
            push @files, { name => $name // '', sum => sha256_hex($part->bodyhandle->as_string), type => $head->mime_type };
        }
    };
    $walk->($top);
    my @defects = $parser->results->errors;
    push @defects, $parser->results->warnings;
    print $json->encode({
        subject => words($top->head->get('Subject')), from => addresses($top->head->get('From')),
        to => addresses($top->head->get('To')), cc => addresses($top->head->get('Cc')),
        text => $text{plain} // '', html => $text{html} // '', files => \@files, defects => [map { "$_" } @defects],
    }), "\n";
}
