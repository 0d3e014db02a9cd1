-- which contexts a data set was used in, without reading every run's inputs
create index run_dataset_input_by_dataset on run_dataset_input (dataset_id, context);
